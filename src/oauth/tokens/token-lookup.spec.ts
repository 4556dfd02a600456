import { randomBytes } from 'node:crypto';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { AppError } from '../../common/app-error.js';
import type { StoredPayload } from './model-storage.js';
import { ModelStorageFactory } from './model-storage.factory.js';
import { Revocations } from './revocations.js';
import { TokenLookup } from './token-lookup.js';

const demo = { name: 'demo' } as Tenant;
const now = (): number => Math.floor(Date.now() / 1000);
const value = (): string => randomBytes(32).toString('base64url');

describe('the lookup of an access token', () => {
  let store: SqliteStateStore;
  let storages: ModelStorageFactory;
  let lookup: TokenLookup;
  beforeAll(() => {
    store = new SqliteStateStore(':memory:');
    storages = new ModelStorageFactory(store, new StateCipher(randomBytes(32)), new Revocations(store));
    lookup = new TokenLookup(storages);
  });
  afterAll(() => store.close());

  const row = (kind: string, jti: string, change: StoredPayload = {}): StoredPayload => ({
    kind,
    jti,
    iat: now(),
    exp: now() + 60,
    accountId: 'ana',
    clientId: 'c1',
    ...(kind === 'Grant' ? {} : { grantId: 'g1', aud: 'https://mcp.example.com/demo/sse', scope: 'sql:read openid' }),
    ...change,
  });
  /** A row whose own time limit is longer than that of the store, so that only the row's fields can refuse it. */
  const stored = async (change: StoredPayload = {}, model = 'AccessToken'): Promise<string> => {
    const id = value();
    await storages.of(demo, model).put(id, row(model, id, change), 600);
    return id;
  };

  it('gives the person, the client, the grant, the audience and the scopes', async () => {
    expect(await lookup.accessToken(demo, await stored())).toEqual({
      subject: 'ana',
      client: 'c1',
      grantId: 'g1',
      expiresAt: expect.any(Number),
      audience: 'https://mcp.example.com/demo/sse',
      scopes: ['sql:read', 'openid'],
      issuedAt: expect.any(Number),
    });
  });

  it.each<[string, StoredPayload]>([
    ['expired in this second', { exp: Math.floor(Date.now() / 1000) }],
    ['without an expiry', { exp: undefined }],
    ['with an expiry that is no number', { exp: '9999999999' }],
    ['without an issue time', { iat: undefined }],
    ['that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ['of another kind', { kind: 'RefreshToken' }],
    ['without a kind', { kind: undefined }],
    ['stored under another id', { jti: 'x' }],
    ['of another format', { format: 'jwt' }],
    ['with a signed form', { jwt: 'a.b.c' }],
    ['bound to a browser session', { expiresWithSession: true }],
    ['of no person', { accountId: undefined }],
    ['of no client', { clientId: undefined }],
    ['of no grant', { grantId: undefined }],
    ['for several audiences', { aud: ['https://mcp.example.com/demo/sse'] }],
    ['for no audience', { aud: undefined }],
    ['without a scope', { scope: undefined }],
  ])('does not find a token %s', async (_label, change) => {
    expect(await lookup.accessToken(demo, await stored(change))).toBeUndefined();
  });

  it('does not find a refresh token, a grant or a token of another tenant', async () => {
    expect(await lookup.accessToken(demo, await stored({}, 'RefreshToken'))).toBeUndefined();
    expect(await lookup.accessToken(demo, await stored({}, 'Grant'))).toBeUndefined();
    expect(await lookup.accessToken({ name: 'other' } as Tenant, await stored())).toBeUndefined();
  });

  it.each(['', 'x', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}!`])('does not look for %j', async text => {
    expect(await lookup.accessToken(demo, text)).toBeUndefined();
  });

  it('accepts a grant of the same person and client only, while it stands', async () => {
    const token = async (change: StoredPayload = {}) => {
      const found = await lookup.accessToken(demo, await stored({ grantId: await stored(change, 'Grant') }));
      if (found === undefined) throw new Error('not found');
      return found;
    };
    const good = await token();
    expect(await lookup.isGranted(demo, good)).toBe(true);
    expect(await lookup.isGranted(demo, await token({ accountId: 'bob' }))).toBe(false);
    expect(await lookup.isGranted(demo, await token({ clientId: 'c2' }))).toBe(false);
    expect(await lookup.isGranted(demo, await token({ exp: now() }))).toBe(false);
    await storages.of(demo, 'Grant').delete(String(good.grantId));
    expect(await lookup.isGranted(demo, good)).toBe(false);
  });

  it('says UNAVAILABLE while the store is away, and never that a token is invalid', async () => {
    const away = {
      get: () => Promise.reject(new AppError('UNAVAILABLE', 'The state store is not available.')),
    } as unknown as StateStore;
    const parts = [away, new StateCipher(randomBytes(32)), new Revocations(away)] as const;
    await expect(new TokenLookup(new ModelStorageFactory(...parts)).accessToken(demo, value())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('Try again'),
    });
  });
});
