import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { signingKey } from '../provider/signing-keys.js';
import { deriveSuccessors, isRepetition, markRepetition, refreshingClient, successorId } from './refresh-successors.js';

const KEY = randomBytes(32);

// What the grace for refresh tokens relies on in oidc-provider. When an upgrade fails here, read refresh-successors.ts first.
describe('a refresh at oidc-provider', () => {
  const rows = new Map<string, AdapterPayload>();
  /** What refreshingClient gives while a refresh token is looked for, and while it is consumed. */
  const seen: (string | undefined)[] = [];
  const repeated: boolean[] = [];
  let marked: string | undefined;
  let provider: Provider;
  let server: Server;
  let url: string;

  const adapter = (model: string): Adapter => ({
    upsert: async (id, payload) => void rows.set(`${model} ${id}`, payload),
    find: async id => {
      if (model === 'RefreshToken') seen.push(refreshingClient());
      return rows.get(`${model} ${id}`);
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {
      seen.push(refreshingClient());
      if (marked !== undefined) markRepetition(marked);
    },
    destroy: async id => void rows.delete(`${model} ${id}`),
    revokeByGrantId: async () => undefined,
  });

  beforeAll(async () => {
    provider = new Provider('http://127.0.0.1', {
      adapter,
      clients: [
        {
          client_id: 'c1',
          redirect_uris: ['https://claude.ai/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
        },
      ],
      cookies: { keys: ['k'] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      jwks: { keys: [signingKey(KEY, 'http://127.0.0.1')] },
      formats: { bitsOfOpaqueRandomness: 256 },
      rotateRefreshToken: true,
      ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, RefreshToken: 60, Session: 60 },
      routes: { token: '/token' },
      features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true, allowedPolicy: async () => true },
      },
      findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    } as Configuration);
    deriveSuccessors(provider, jti => [successorId(KEY, jti), 'the id under another key']);
    provider.on('grant.success', ctx => repeated.push(isRepetition(ctx)));
    server = createServer(provider.callback());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    marked = undefined;
    seen.length = 0;
    repeated.length = 0;
  });

  async function issue(): Promise<string> {
    const client = await provider.Client.find('c1');
    const grant = new provider.Grant({ accountId: 'ana', clientId: 'c1' });
    grant.addOIDCScope('openid');
    const grantId = await grant.save();
    const token = new provider.RefreshToken({ accountId: 'ana', client, grantId, scope: 'openid' } as never);
    return token.save();
  }

  async function post(path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ client_id: 'c1', ...form });
    return (await (await fetch(url + path, { method: 'POST', body })).json()) as Record<string, unknown>;
  }

  const refresh = (token: string) => post('/token', { grant_type: 'refresh_token', refresh_token: token });

  it('gives the successor the id that follows from its predecessor, in every process', async () => {
    const token = await issue();
    expect(await refresh(token)).toMatchObject({ refresh_token: successorId(KEY, token) });
    expect(await refresh(token)).toMatchObject({ refresh_token: successorId(KEY, token) });
    expect(successorId(KEY, token)).toMatch(/^[\w-]{43}$/);
    expect(successorId(randomBytes(32), token)).not.toBe(successorId(KEY, token));
    expect(repeated).toEqual([false, false]);
  });

  it('gives a first refresh token and an access token random ids', async () => {
    const token = await issue();
    expect(await issue()).not.toBe(token);
    const [first, second] = [await refresh(token), await refresh(token)];
    expect(first['access_token']).not.toBe(second['access_token']);
  });

  it('gives a repetition the id that was marked while the token was consumed', async () => {
    marked = 'marked';
    expect(await refresh(await issue())).toMatchObject({ refresh_token: 'marked' });
    expect(repeated).toEqual([true]);
  });

  it('knows its client while the token is looked for and consumed, and at no other endpoint', async () => {
    const token = await issue();
    await refresh(token);
    expect(seen).toEqual(['c1', 'c1']);
    seen.length = 0;
    await post('/token/introspection', { token });
    expect(new Set(seen)).toEqual(new Set([undefined]));
    await provider.RefreshToken.find(token);
    expect(seen.at(-1)).toBeUndefined();
  });

  it('refuses a token that the adapter says was consumed', async () => {
    const token = await issue();
    rows.set(`RefreshToken ${token}`, { ...rows.get(`RefreshToken ${token}`), consumed: true });
    expect(await refresh(token)).toMatchObject({ error: 'invalid_grant' });
  });
});
