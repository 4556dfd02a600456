import { Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { Client, errors } from 'oidc-provider';
import { AuditService } from '../../audit/audit.service.js';
import type { OauthEvent } from '../../audit/audit-entry.js';
import { logger } from '../../common/log.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { addressOf } from '../../http/client-address.js';
import { accountOf, isReplay } from './bridge/provider-errors.js';
import { isRepetition } from './bridge/refresh-successors.js';

const log = logger('oauth');

type EventFacts = Omit<OauthEvent, 'tenant' | 'event'>;

/** Writes what happens at the authorization server into the audit trail and the metrics. */
@Injectable()
export class OAuthEvents {
  constructor(
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  listen(provider: Provider, tenant: Tenant, keepClient: (client: Client) => Promise<void>): void {
    provider.on('registration_create.success', (ctx, client) =>
      this.record(tenant, 'client_registered', {
        client: client.clientId,
        // The name that the client chose itself: an id alone tells an auditor nothing.
        ...(client.clientName === undefined ? {} : { client_name: client.clientName.slice(0, 200) }),
        remote_address: addressOf(ctx.req),
      }),
    );
    provider.on('grant.success', ctx => {
      const refreshed = ctx.oidc.params?.['grant_type'] === 'refresh_token';
      const token = ctx.oidc.entities.AccessToken;
      const client = ctx.oidc.client?.clientId;
      this.metrics.tokenIssued(tenant.name, refreshed ? 'refresh_token' : 'authorization_code');
      const event = isRepetition(ctx) ? 'token_refresh_repeated' : refreshed ? 'token_refreshed' : 'token_issued';
      this.record(tenant, event, {
        ...(token?.accountId === undefined ? {} : { principal: token.accountId }),
        ...(client === undefined ? {} : { client }),
        scopes: [...(token?.scopes ?? [])],
        remote_address: addressOf(ctx.req),
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
        remote_address: addressOf(ctx.req),
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
        remote_address: addressOf(ctx.req),
      });
    });
    provider.on('server_error', (_ctx, error) =>
      log.error({ err: error, tenant: tenant.name }, 'the authorization server failed'),
    );
  }

  signInFailed(tenant: Tenant, facts: EventFacts): void {
    this.metrics.signInFailed(tenant.name);
    this.record(tenant, 'sign_in_failed', facts);
  }

  record(tenant: Tenant, event: OauthEvent['event'], facts: EventFacts): void {
    void this.audit.oauthEvent({ event, tenant: tenant.name, ...facts });
  }
}

function reasonOf(error: errors.OIDCProviderError): string {
  return `${error.error}: ${error.error_description ?? ''} ${error.error_detail ?? ''}`.trim().slice(0, 200);
}
