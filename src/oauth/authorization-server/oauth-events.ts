import { Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { Client, errors } from 'oidc-provider';
import { AuditService } from '../../audit/audit.service.js';
import type { OauthEvent } from '../../audit/audit-entry.js';
import { logger } from '../../common/log.js';
import { MetricsService, type TokenGrant } from '../../metrics/metrics.service.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { callerFacts } from '../../http/caller-facts.js';
import { machineSubject } from '../identity/machine-clients.js';
import { accountOf, isReplay, refusedRedirectOf } from './bridge/provider-errors.js';
import { redirectTarget, shown } from './clients/redirect-policy.js';
import { refusalReason } from './provider/refusal-reason.js';
import { type Refusal, Refusals } from './refusals.js';
import { isRepetition } from './bridge/refresh-successors.js';

const log = logger('oauth');

/** The person's own decision, which has an event of its own, and answers to `prompt=none`. */
const NOT_REFUSALS: ReadonlySet<string> = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
]);

type EventFacts = Omit<OauthEvent, 'tenant' | 'event'>;

/** Writes what happens at the authorization server into the audit trail and the metrics. */
@Injectable()
export class OAuthEvents {
  constructor(
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
    private readonly refusals: Refusals,
  ) {}

  listen(provider: Provider, tenant: Tenant, keepClient: (client: Client) => Promise<void>): void {
    provider.on('registration_create.success', (ctx, client) =>
      this.record(tenant, 'client_registered', {
        client: client.clientId,
        // The name that the client chose itself: an id alone tells an auditor nothing.
        ...(client.clientName === undefined ? {} : { client_name: client.clientName.slice(0, 200) }),
        ...callerFacts(ctx.req),
      }),
    );
    provider.on('registration_create.error', (ctx, error) => this.refused(tenant, '/register', ctx.req, error));
    provider.on('authorization.error', (ctx, error) => {
      const { params, client } = ctx.oidc;
      const id = client?.clientId ?? params?.['client_id'];
      this.refused(tenant, '/authorize', ctx.req, error, {
        reason: refusalReason(ctx, error, tenant),
        client: id === undefined ? undefined : shown(id),
        redirectHost: redirectTarget(params?.['redirect_uri']),
      });
    });
    provider.on('grant.success', ctx => {
      const grant = grantOf(ctx.oidc.params?.['grant_type']);
      const refreshed = grant === 'refresh_token';
      const { AccessToken, ClientCredentials } = ctx.oidc.entities;
      const token = AccessToken ?? ClientCredentials;
      const client = ctx.oidc.client?.clientId;
      const principal =
        grant === 'client_credentials' && client !== undefined ? machineSubject(client) : AccessToken?.accountId;
      this.metrics.tokenIssued(tenant.name, grant);
      const event = isRepetition(ctx) ? 'token_refresh_repeated' : refreshed ? 'token_refreshed' : 'token_issued';
      this.record(tenant, event, {
        ...(principal === undefined ? {} : { principal }),
        ...(client === undefined ? {} : { client }),
        scopes: [...(token?.scopes ?? [])],
        ...callerFacts(ctx.req),
      });
      if (ctx.oidc.client !== undefined) void keepClient(ctx.oidc.client).catch(() => undefined);
    });
    provider.on('grant.error', (ctx, error) => {
      this.metrics.tokenRefused(tenant.name, error.error);
      const client = ctx.oidc.client?.clientId;
      const principal = accountOf(error) ?? ctx.oidc.entities.RefreshToken?.accountId;
      // A replay means that somebody has a copy of a code or a token.
      this.record(tenant, isReplay(error) ? 'code_reused' : 'token_refused', {
        ...(principal === undefined ? {} : { principal }),
        ...(client === undefined ? {} : { client }),
        reason: reasonOf(error),
        ...callerFacts(ctx.req),
      });
    });
    provider.on('access_token.destroyed', token => {
      this.record(tenant, 'token_revoked', {
        ...(token.accountId === undefined ? {} : { principal: token.accountId }),
        ...(token.clientId === undefined ? {} : { client: token.clientId }),
      });
    });
    provider.on('grant.revoked', ctx => {
      const client = ctx.oidc.client?.clientId;
      const { AccessToken, RefreshToken, AuthorizationCode } = ctx.oidc.entities;
      const principal = (RefreshToken ?? AuthorizationCode ?? AccessToken)?.accountId;
      this.record(tenant, 'grant_revoked', {
        ...(principal === undefined ? {} : { principal }),
        ...(client === undefined ? {} : { client }),
        ...callerFacts(ctx.req),
      });
    });
    provider.on('server_error', (_ctx, error) =>
      log.error({ err: error, tenant: tenant.name }, 'the authorization server failed'),
    );
  }

  /** Records a registration (`/register`) or an authorization that the server refused. */
  refused(tenant: Tenant, path: string, req: object, error: Error, facts: Partial<Refusal> = {}): void {
    const { error: code, error_description } = error as Partial<errors.OIDCProviderError>;
    if (code === undefined || NOT_REFUSALS.has(code)) return;
    void this.refusals.record(tenant, req, {
      event: path === '/register' ? 'client_registration_refused' : 'authorization_refused',
      error: code,
      reason: error_description,
      redirectHost: redirectTarget(refusedRedirectOf(error)),
      ...facts,
    });
  }

  signInFailed(tenant: Tenant, facts: EventFacts): void {
    this.metrics.signInFailed(tenant.name);
    this.record(tenant, 'sign_in_failed', facts);
  }

  record(tenant: Tenant, event: OauthEvent['event'], facts: EventFacts): void {
    void this.audit.oauthEvent({ event, tenant: tenant.name, ...facts });
  }
}

function grantOf(type: unknown): TokenGrant {
  return type === 'refresh_token' || type === 'client_credentials' ? type : 'authorization_code';
}

function reasonOf(error: errors.OIDCProviderError): string {
  return `${error.error}: ${error.error_description ?? ''} ${error.error_detail ?? ''}`.trim().slice(0, 200);
}
