import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import Provider, { type Configuration, errors, interactionPolicy } from 'oidc-provider';
import { SqliteStateStore } from '../../../state/sqlite.state-store.js';
import { StateCipher } from '../../../state/state-cipher.js';
import { Tenant } from '../../../tenancy/tenant.js';
import { TenantConfig } from '../../../config/tenants/tenant.config.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { Revocations } from '../../tokens/revocations.js';
import { TokenLookup } from '../../tokens/token-lookup.js';
import { hashSecret } from '../clients/client-secret.js';
import { ProviderAdapter } from '../provider/provider.adapter.js';
import { signingKey } from '../provider/signing-keys.js';
import { type Interaction, endSession, forgetSession, sessionOf, startSession } from './browser-session.js';
import { guardedFetch } from './guarded-fetch.js';
import { hardenClients } from './harden-clients.js';
import { removePrefix, setMountPath } from './mount-path.js';
import {
  accountOf,
  alreadyUsed,
  bodyTooLarge,
  invalidRedirects,
  isReplay,
  storeUnavailable,
} from './provider-errors.js';
import { replaceBody } from './replace-body.js';
import { setRequestOrigin, trustRequestOrigin } from './request-origin.js';

// Everything this server leans on that oidc-provider does not promise. When an upgrade fails here, read the file of
// this folder that the test is about before anything else.
const REDIRECT = 'https://claude.ai/api/mcp/auth_callback';
/** The name holds the provider's own routes: the search for the mount path would find them. */
const tenant = new Tenant(
  Object.assign(new TenantConfig(), { name: 'tokens', atRoot: false, allowedRedirectHosts: ['claude.ai'] }),
  { publicUrl: 'https://mcp.example.com' },
);

describe('what we lean on in oidc-provider', () => {
  let store: SqliteStateStore;
  let storages: ModelStorageFactory;
  let server: Server;
  let url: string;
  const provided: string[] = [];
  let replacement = '';
  let provider: Provider;

  beforeAll(async () => {
    store = new SqliteStateStore(':memory:');
    storages = new ModelStorageFactory(store, new StateCipher(randomBytes(32)), new Revocations(store));
    provider = makeProvider({});
    const callback = provider.callback();
    server = createServer((req, res) => {
      setRequestOrigin(req, new URL(tenant.origin));
      removePrefix(req as Request, (req.url ?? '').slice('/tokens'.length).split('?', 1)[0] ?? '');
      if (req.method !== 'POST') return void callback(req, res);
      req.resume().on('end', () => {
        replaceBody(req, Buffer.from(replacement), 'application/x-www-form-urlencoded');
        void callback(req, res);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tokens`;
  });
  afterAll(async () => {
    server.close();
    await store.close();
  });

  function makeProvider(settings: Partial<Configuration>): Provider {
    const made = new Provider(tenant.issuer, {
      adapter: (model: string) => new ProviderAdapter(model, storages.of(tenant, model)),
      clients: [
        { client_id: 'c1', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
        { client_id: 'c2', redirect_uris: [REDIRECT], client_secret: hashSecret('a secret of a client') },
      ],
      cookies: { keys: ['k'] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      jwks: { keys: [signingKey(randomBytes(32), tenant.issuer)] },
      ttl: { AccessToken: 60, Grant: 60, Interaction: 60, Session: 60 },
      formats: { bitsOfOpaqueRandomness: 256 },
      routes: { authorization: '/authorize', token: '/token', revocation: '/revoke' },
      features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: async () => true } },
      pkce: { required: () => true },
      scopes: ['openid'],
      interactions: {
        url: (ctx, interaction) => (provided.push(ctx.oidc.urlFor('resume', { uid: interaction.uid })), '/i'),
      },
      findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
      ...settings,
    } as Configuration);
    trustRequestOrigin(made);
    setMountPath(made, tenant.path);
    hardenClients(made, tenant, { recall: async () => undefined });
    return made;
  }

  async function issueToken() {
    const client = await provider.Client.find('c1');
    const grant = new provider.Grant({ accountId: 'ana', clientId: 'c1' });
    grant.addResourceScope(tenant.resource, 'sql:read');
    const grantId = await grant.save();
    const token = new provider.AccessToken({ accountId: 'ana', client, grantId } as never);
    Object.assign(token, { scope: 'sql:read', aud: tenant.resource });
    return { value: await token.save(), grant, grantId };
  }

  describe('requests', () => {
    it('make their URLs from our Host, X-Forwarded-Proto and mount path', async () => {
      const query = new URLSearchParams({
        client_id: 'c1',
        redirect_uri: REDIRECT,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      });
      const response = await fetch(`${url}/authorize?${query}`, {
        redirect: 'manual',
        headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      });
      expect(response.status).toBe(303);
      expect(provided.at(-1)).toMatch(/^https:\/\/mcp\.example\.com\/tokens\/authorize\/[A-Za-z0-9_-]+$/);
    });

    it('read a body that replaceBody put in place of the one that was read', async () => {
      const { value } = await issueToken();
      replacement = new URLSearchParams({ token: value, client_id: 'c1' }).toString();
      const form = { method: 'POST', body: new URLSearchParams({ token: 'sent', client_id: 'nobody' }) };
      expect((await fetch(`${url}/revoke`, form)).status).toBe(200);
      expect(await provider.AccessToken.find(value)).toBeUndefined();
    });
  });

  describe('clients', () => {
    it('are asked for redirect URIs and secrets through their prototype', async () => {
      const secret = await provider.Client.find('c2');
      expect(await secret?.compareClientSecret('a secret of a client')).toBe(true);
      expect(await secret?.compareClientSecret('another secret')).toBe(false);
      expect(await secret?.compareClientSecret(hashSecret('a secret of a client'))).toBe(false);
      const client = await provider.Client.find('c1');
      expect(client?.redirectUriAllowed(REDIRECT)).toBe(true);
      const hosts = tenant.config.allowedRedirectHosts;
      Object.assign(tenant.config, { allowedRedirectHosts: [] });
      expect(client?.redirectUriAllowed(REDIRECT)).toBe(false);
      Object.assign(tenant.config, { allowedRedirectHosts: hosts });
    });

    it('are checked by the validator of extra metadata at each load, also without that property', async () => {
      const checked: unknown[] = [];
      const strict = makeProvider({
        extraClientMetadata: {
          properties: ['mcp_policy'],
          validator: (_ctx, _key, _value, metadata) => {
            checked.push(metadata['client_id']);
            if (metadata['client_id'] === 'stored') throw new errors.InvalidClientMetadata('no');
          },
        },
      });
      await storages.of(tenant, 'Client').put('stored', { client_id: 'stored', redirect_uris: [REDIRECT] }, 60);
      expect(await strict.Client.find('stored')).toBeUndefined();
      expect(checked).toContain('stored');
    });
  });

  describe('errors', () => {
    it('carry the status that we give them', () => {
      expect(bodyTooLarge()).toMatchObject({ status: 413, error: 'invalid_request' });
      expect(storeUnavailable()).toMatchObject({
        statusCode: 503,
        error: 'temporarily_unavailable',
        allow_redirect: false,
      });
      // With any other value the page of a person would become a redirect.
      expect(new errors.TemporarilyUnavailable('x').allow_redirect).toBe(true);
    });

    it('take their code from the first word of the description', () => {
      expect(invalidRedirects('are wrong')).toMatchObject({ error: 'invalid_redirect_uri' });
    });

    it('of a replay are known by their detail, ours and the provider’s', async () => {
      const ours = alreadyUsed('RefreshToken', 'ana');
      expect(ours).toMatchObject({ error: 'invalid_grant', error_detail: 'refresh token already used' });
      expect(accountOf(ours)).toBe('ana');
      expect(isReplay(ours as errors.OIDCProviderError)).toBe(true);
      expect(isReplay(new errors.InvalidGrant('grant not found'))).toBe(false);
      const { consumeGrantSource } = (await import(
        new URL('../../../../node_modules/oidc-provider/lib/helpers/grant_source.js', import.meta.url).href
      )) as { consumeGrantSource: { toString(): string } };
      expect(consumeGrantSource.toString()).toContain('already consumed');
    });
  });

  describe('rows', () => {
    it('of access tokens and grants have the form that TokenLookup reads', async () => {
      const { value, grant, grantId } = await issueToken();
      const lookup = new TokenLookup(storages);
      const found = await lookup.accessToken(tenant, value);
      expect(found).toMatchObject({
        subject: 'ana',
        client: 'c1',
        grantId,
        audience: tenant.resource,
        scopes: ['sql:read'],
      });
      expect(found !== undefined && (await lookup.isGranted(tenant, found))).toBe(true);
      await grant.destroy();
      expect(found !== undefined && (await lookup.isGranted(tenant, found))).toBe(false);
      // The provider refuses what the lookup refuses.
      expect(await provider.Grant.find(grantId)).toBeUndefined();
    });

    it('carry the names of the models that ModelStorage knows', () => {
      const { AccessToken, AuthorizationCode, Client, Grant, Interaction, RefreshToken, Session } = provider;
      const models = [AccessToken, AuthorizationCode, Client, Grant, Interaction, RefreshToken, Session];
      expect(models.map(({ name }) => name)).toEqual([
        'AccessToken',
        'AuthorizationCode',
        'Client',
        'Grant',
        'Interaction',
        'RefreshToken',
        'Session',
      ]);
    });
  });

  it('sessions can be started, read by their cookie, and ended outside of an authorization', async () => {
    // Made by the provider alone: its type has no constructor.
    const InteractionModel = provider.Interaction as unknown as new (uid: string, payload: object) => Interaction;
    const interaction = new InteractionModel('u1', { session: { accountId: 'ana' }, params: {} });
    await interaction.save(60);
    const pages = createServer((req, res) => {
      const pair = [req as Request, res as Response] as const;
      void (async () => {
        if (req.url === '/start') await startSession(provider, ...pair, { accountId: 'ana', secure: false });
        if (req.url === '/end') await endSession(provider, ...pair, false);
        if (req.url === '/forget') await forgetSession(provider, ...pair, interaction);
        res.end((await sessionOf(provider, ...pair)).accountId ?? 'nobody');
      })().catch((error: unknown) => res.destroy(error as Error));
    });
    await new Promise<void>(resolve => pages.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    const start = async (): Promise<string> => {
      const cookies = (await fetch(`${base}/start`)).headers.getSetCookie();
      expect(cookies[0]).toMatch(/; path=\/; samesite=lax; httponly$/i);
      return cookies.map(text => text.split(';', 1)[0]).join('; ');
    };
    const ask = async (path: string, cookie: string): Promise<string> =>
      (await fetch(base + path, { headers: { cookie } })).text();
    for (const end of ['/end', '/forget']) {
      const cookie = await start();
      expect(await ask('/', cookie)).toBe('ana');
      await ask(end, cookie);
      expect(await ask('/', cookie)).toBe('nobody');
    }
    expect(await provider.Interaction.find('u1')).not.toHaveProperty('session');
    pages.close();
  });

  // test/e2e/oauth-ssrf.spec.ts proves that the provider gives a dispatcher: inside Jest it can't make one.
  it('a fetch without the dispatcher that guards against special-use addresses fails', () => {
    expect(() => guardedFetch('https://example.com/', {})).toThrow('unguarded');
  });

  it('the default policy has the prompts and the check that ours changes', () => {
    const policy = interactionPolicy.base();
    expect(policy.get('login')).toBeDefined();
    expect(policy.get('consent')?.checks.get('native_client_prompt')).toBeDefined();
  });
});
