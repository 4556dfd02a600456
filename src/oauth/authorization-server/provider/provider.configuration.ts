import { Injectable } from '@nestjs/common';
import {
  type Account as ProviderAccount,
  type AdapterFactory,
  type Configuration,
  type KoaContextWithOIDC,
  errors,
} from 'oidc-provider';
import { StateCipher } from '../../../state/state-cipher.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type Account, AccountsService } from '../../identity/accounts.service.js';
import { MachineClients } from '../../identity/machine-clients.js';
import {
  ACCESS_TOKEN_S,
  CODE_S,
  GRANT_S,
  INTERACTION_S,
  SESSION_ABSOLUTE_S,
  SESSION_IDLE_S,
} from '../../tokens/lifetimes.js';
import { addressOf } from '../../../http/client-address.js';
import { MACHINE_GRANT, MACHINE_HINT, checkClient } from '../clients/client-policy.js';
import { DocumentFetcher } from '../clients/document-fetcher.js';
import { StaticClients } from '../clients/static-clients.js';
import { invalidMetadata } from '../bridge/provider-errors.js';
import { renderProviderError } from '../pages/provider-error.js';
import { cookieNames } from './cookies.js';
import { interactionPolicyOf } from './interaction-policy.js';
import { signingKey } from './signing-keys.js';

/** Makes oidc-provider's settings for one tenant. */
@Injectable()
export class ProviderConfiguration {
  constructor(
    private readonly cipher: StateCipher,
    private readonly accounts: AccountsService,
    readonly documents: DocumentFetcher,
    private readonly clients: StaticClients,
    private readonly machines: MachineClients,
  ) {}

  of(tenant: Tenant, adapter: AdapterFactory): Configuration {
    const { cipher, accounts, documents, machines } = this;
    const secure = tenant.origin.startsWith('https:');
    const personOf = async (subject: string | undefined, issuedAt = Infinity): Promise<Account | undefined> =>
      subject === undefined ? undefined : accounts.findIssued(tenant, subject, issuedAt);
    const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure, overwrite: true } as const;
    return {
      adapter,
      clients: this.clients.of(tenant),
      // The first key signs. The others are published as well: those of a rotation, before and after they sign.
      jwks: { keys: cipher.deriveAll('signing keys').map(secret => signingKey(secret, tenant.issuer)) },
      cookies: {
        keys: cipher.deriveAll(`cookies of ${tenant.issuer}`).map(key => key.toString('base64url')),
        names: cookieNames(tenant, secure),
        long: { ...cookie, path: '/' },
        short: cookie,
      },
      routes: {
        authorization: '/authorize',
        token: '/token',
        registration: '/register',
        revocation: '/revoke',
        introspection: '/introspect',
        jwks: '/jwks',
      },
      responseTypes: ['code'],
      scopes: ['openid', 'offline_access'],
      subjectTypes: ['public'],
      clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      enabledJWA: {
        idTokenSigningAlgValues: ['ES256'],
        clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      },
      formats: { bitsOfOpaqueRandomness: 256 },
      pkce: { required: () => true },
      allowOmittingSingleRegisteredRedirectUri: false,
      // Refresh tokens rotate for confidential clients too; a replay ends the grant (RFC 9700 §4.14.2).
      rotateRefreshToken: true,
      // Claude and others never send prompt=consent, which the provider requires for offline access by default.
      issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
      // A second sign-in in the same browser must not end the tokens of the first.
      expiresWithSession: async () => false,
      ttl: {
        AccessToken: ACCESS_TOKEN_S,
        AuthorizationCode: CODE_S,
        ClientCredentials: ACCESS_TOKEN_S,
        Grant: GRANT_S,
        IdToken: ACCESS_TOKEN_S,
        Interaction: INTERACTION_S,
        RefreshToken: ctx => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? GRANT_S,
        Session: (_ctx, session) => {
          const age = session.loginTs === undefined ? 0 : Math.floor(Date.now() / 1000) - session.loginTs;
          return Math.max(1, Math.min(SESSION_IDLE_S, SESSION_ABSOLUTE_S - age));
        },
      },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: machines.of(tenant).length > 0 },
        userinfo: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        // MCP clients use none of these features; each would be one more attack surface of /authorize or /token.
        claimsParameter: { enabled: false },
        requestObjects: { enabled: false },
        pushedAuthorizationRequests: { enabled: false },
        dPoP: { enabled: false },
        registration: { enabled: true, issueRegistrationAccessToken: false },
        registrationManagement: { enabled: false },
        revocation: {
          enabled: true,
          // RFC 7009 §2.1. For another client's token the answer is 200 too, so that it reveals nothing.
          allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
        },
        introspection: {
          enabled: true,
          // A client learns about its own tokens only, and a token that the guard would reject is not active.
          allowedPolicy: async (_ctx, client, token) =>
            token.clientId === client.clientId &&
            ('accountId' in token
              ? (await personOf(token.accountId, token.iat)) !== undefined
              : machines.account(tenant, client.clientId) !== undefined),
        },
        clientIdMetadataDocument: {
          enabled: true,
          ack: 'draft-02',
          allowFetch: async (ctx: KoaContextWithOIDC, id: string) => documents.admit(id, addressOf(ctx.req)),
          allowClient: async () => true,
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: async (_ctx, _client, oneOf) => oneOf?.[0] ?? tenant.resource,
          useGrantedResource: async () => true,
          getResourceServerInfo: async (ctx, indicator, client) => {
            if (!tenant.resources.includes(indicator)) throw new errors.InvalidTarget();
            const scopes =
              ctx.oidc.params?.['grant_type'] === MACHINE_GRANT
                ? machineScopes(machines.account(tenant, client.clientId))
                : tenant.scopes;
            return {
              scope: scopes.join(' '),
              audience: indicator,
              accessTokenFormat: 'opaque',
              accessTokenTTL: ACCESS_TOKEN_S,
            };
          },
        },
      },
      extraClientMetadata: {
        properties: ['mcp_policy'],
        validator: (_ctx, _key, _value, metadata) => {
          const client = metadata as Record<string, unknown>;
          checkClient(client, tenant.config);
          const grants = client['grant_types'];
          const isMachine = machines.of(tenant).some(({ id }) => id === client['client_id']);
          if (Array.isArray(grants) && grants.includes(MACHINE_GRANT) && !isMachine)
            throw invalidMetadata(MACHINE_HINT);
        },
      },
      findAccount: async (_ctx, subject, token) => {
        if ((await personOf(subject, token?.iat)) === undefined) return undefined;
        return { accountId: subject, claims: async () => ({ sub: subject }) } satisfies ProviderAccount;
      },
      interactions: {
        url: (_ctx, interaction) => `${tenant.path}/interaction/${interaction.uid}`,
        policy: interactionPolicyOf(tenant, accounts),
      },
      // Only our consent page makes grants; scopes of an earlier consent are not carried over.
      loadExistingGrant: async ctx => {
        const grantId = ctx.oidc.result?.consent?.grantId;
        return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
      },
      fetch: (url, options) => documents.fetch(String(url), options, tenant.config),
      fetchResponseBodyLimits: { 'client_id metadata document': 10_240, jwks_uri: 32_768, sector_identifier_uri: 1 },
      renderError: (ctx, out, error) => renderProviderError(ctx, out, error, tenant),
      discovery: {},
    } as Configuration;
  }
}

/** The access rules may name a machine client no longer; then it gets no token. */
function machineScopes(account: Account | undefined): readonly string[] {
  if (account === undefined) throw new errors.UnauthorizedClient('the access rules do not name this client');
  return account.access.highestScope === 'sql:write' ? ['sql:read', 'sql:write'] : ['sql:read'];
}
