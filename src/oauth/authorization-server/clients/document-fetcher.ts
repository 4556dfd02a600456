import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';
import { guardedFetch } from '../bridge/guarded-fetch.js';
import { tooManyRequests, unusableDocument } from '../bridge/provider-errors.js';
import { DocumentRefusal, readDocument } from './client-document.js';
import { sourceFault } from './document-source.js';
import { FetchLimits } from './fetch-limits.js';
import type { RedirectRules } from './redirect-policy.js';

const FAILURE_MS = 60_000;
const MAX_FAILURES = 1_000;
const MAX_REMEMBERED = 2_000;

/** The limit on fetches refused this one. */
export class FetchLimitReached extends Error {}

/**
 * Fetches client metadata documents. oidc-provider limits a fetch to 2.5 s and closes connections to special-use
 * addresses. This class adds the rules on hosts, the size and content type of an answer, no redirects, limits on
 * fetches, and a cache of failures. It fetches nothing that a document names but its keys (never a logo).
 */
@Injectable()
export class DocumentFetcher {
  /** Replaced by tests. */
  send = guardedFetch;

  /** When a URL may be fetched again, and why it failed; the oldest first. */
  private readonly failures = new Map<string, { readonly until: number; readonly error: Error }>();
  private readonly remembered = new Set<string>();
  private readonly limits = new FetchLimits();

  constructor(@Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>) {}

  /** Whether the setting allows documents from there, so that a remembered one is still valid. */
  allows(id: string): boolean {
    return sourceFault(id, this.config.clientDocuments) === undefined;
  }

  /** Takes the URLs of a client that somebody consented to off the limits that strangers share. */
  remember(...urls: readonly unknown[]): void {
    for (const url of urls) if (typeof url === 'string') addNewest(this.remembered, url);
  }

  /** Throws the provider's error when the document of a client that is not cached may not be fetched for this address. */
  async admit(id: string, address: string): Promise<true> {
    const fault = sourceFault(id, this.config.clientDocuments);
    if (fault !== undefined) throw unusableDocument(fault);
    const failed = this.failureOf(id);
    if (failed !== undefined) throw documentError(failed);
    if (!this.remembered.has(id) && !(await this.limits.takeNetwork(address)))
      throw documentError(new FetchLimitReached());
    return true;
  }

  /** Also fetches a client's jwks_uri. Throws DocumentRefusal, FetchLimitReached, or what the network says. */
  async fetch(id: string, options: RequestInit | undefined, rules: RedirectRules): Promise<Response> {
    const fault = sourceFault(id, this.config.clientDocuments);
    if (fault !== undefined) throw new DocumentRefusal(fault);
    const failed = this.failureOf(id);
    if (failed !== undefined) throw failed;
    if (!(await this.limits.take(id, this.remembered.has(id)))) throw new FetchLimitReached();
    try {
      const response = await this.send(id, { ...options, redirect: 'manual' });
      if (response.status !== 200) throw new DocumentRefusal(`its host answers with status ${response.status}`);
      return await readDocument(response, id, rules);
    } catch (error) {
      this.fail(id, error as Error);
      throw error;
    }
  }

  private failureOf(id: string): Error | undefined {
    const failure = this.failures.get(id);
    return failure !== undefined && failure.until > Date.now() ? failure.error : undefined;
  }

  private fail(id: string, error: Error): void {
    this.failures.delete(id);
    this.failures.set(id, { until: Date.now() + FAILURE_MS, error });
    if (this.failures.size > MAX_FAILURES) this.failures.delete(this.failures.keys().next().value as string);
  }
}

/**
 * The provider's error for a document that can't be had. Errors of the network are not told apart: their differences
 * would tell a stranger which hosts and ports inside the network answer.
 */
export function documentError(cause: unknown): Error {
  if (cause instanceof FetchLimitReached) return tooManyRequests(60);
  return unusableDocument(cause instanceof DocumentRefusal ? cause.message : 'it could not be fetched');
}

function addNewest(set: Set<string>, value: string): void {
  set.delete(value);
  set.add(value);
  if (set.size > MAX_REMEMBERED) set.delete(set.values().next().value as string);
}
