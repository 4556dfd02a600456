import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';

/** A question with its SQL that somebody wants to be a verified query. Nothing uses it before a person accepts it. */
export interface Suggestion {
  readonly id: string;
  readonly tenant: string;
  readonly principal: string;
  /** The OAuth client through which it came. */
  readonly client: string;
  /** ISO 8601. */
  readonly at: string;
  readonly question: string;
  readonly sql: string;
  readonly note?: string | undefined;
}

const KEPT_SECONDS = 90 * 86_400;
const DAY_SECONDS = 86_400;
/** Of one tenant, and of one person in a day. */
const MAX_QUEUED = 200;
const MAX_A_DAY = 20;

/** The suggestions of all tenants, sealed in the state store. They expire after 90 days. */
@Injectable()
export class SuggestionQueue {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Returns the id. Throws AppError TOO_MANY_REQUESTS when the queue or the person's share of it is full. */
  async add(suggestion: Omit<Suggestion, 'id' | 'at'>): Promise<string> {
    const { tenant, principal } = suggestion;
    const queued = await this.store.list(groupOf(tenant), MAX_QUEUED);
    if (queued.length >= MAX_QUEUED)
      throw full(
        'The queue of suggestions is full.',
        'An administrator must look through it (mssql-mcp knowledge suggestions).',
      );
    const today = await this.store.increment(`knowledge:suggested:${tenant}:${hashOf(principal)}`, DAY_SECONDS);
    if (today > MAX_A_DAY) throw full(`You have made ${MAX_A_DAY} suggestions within a day.`, 'Try again tomorrow.');
    const id = randomBytes(6).toString('hex');
    const key = keyOf(tenant, id);
    const sealed = this.cipher.seal(key, { ...suggestion, id, at: new Date().toISOString() });
    await this.store.set(key, sealed, KEPT_SECONDS, [groupOf(tenant)]);
    return id;
  }

  /** The oldest comes first. What another STATE_KEY sealed is left out. */
  async list(tenant: string): Promise<readonly Suggestion[]> {
    const keys = await this.store.list(groupOf(tenant), MAX_QUEUED);
    const texts = await Promise.all(keys.map(async key => ({ key, text: await this.store.get(key) })));
    const opened = texts.map(({ key, text }) => (text === undefined ? undefined : this.cipher.open(key, text)));
    return (opened.filter(found => found !== undefined) as Suggestion[]).sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** Returns whether there was such a suggestion. */
  async remove(tenant: string, id: string): Promise<boolean> {
    const key = keyOf(tenant, id);
    const found = (await this.store.get(key)) !== undefined;
    await this.store.delete(key);
    return found;
  }
}

function groupOf(tenant: string): string {
  return `knowledge:suggestions:${tenant}`;
}

function keyOf(tenant: string, id: string): string {
  return `knowledge:suggestion:${tenant}:${id}`;
}

/** Names in the state store are no plain text. */
function hashOf(principal: string): string {
  return createHash('sha256').update(principal).digest('base64url').slice(0, 22);
}

function full(message: string, hint: string): AppError {
  return new AppError('TOO_MANY_REQUESTS', message, { hint });
}
