import { describe, expect, it } from '@jest/globals';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { accessTokens, credentialOf } from './access-tokens.js';

const SCOPE = 'https://database.windows.net/.default';
const MINUTE = 60_000;

/** A credential whose tokens t1, t2 … last for an hour; `answer` lets the test decide when and how it answers. */
function setUp(lifetime = 60 * MINUTE) {
  let now = 1_000_000;
  const asked: ((token?: Error) => void)[] = [];
  const credential: TokenCredential = {
    getToken: () =>
      new Promise<AccessToken>((resolve, reject) => {
        const token = `t${asked.length + 1}`;
        asked.push(error =>
          error === undefined ? resolve({ token, expiresOnTimestamp: now + lifetime }) : reject(error),
        );
      }),
  };
  const tokens = accessTokens(
    'sales',
    () => Promise.resolve(credential),
    () => now,
  );
  return {
    get: async () => (await tokens.getToken(SCOPE)).token,
    asked: () => asked.length,
    answer: async (request: number, error?: Error) => {
      // The request begins in a later turn.
      for (let turn = 0; turn < 20 && asked[request - 1] === undefined; turn++) await new Promise(setImmediate);
      asked[request - 1]?.(error);
      await new Promise(setImmediate);
    },
    wait: (ms: number) => void (now += ms),
  };
}

describe('the access tokens of a tenant', () => {
  it('are shared by its connections, also while the first one is awaited', async () => {
    const { get, answer, asked } = setUp();
    const waiting = [get(), get(), get()];
    await answer(1);
    expect(await Promise.all(waiting)).toEqual(['t1', 't1', 't1']);
    expect(await get()).toBe('t1');
    expect(asked()).toBe(1);
  });

  it('are renewed before they end, while connections use the old one', async () => {
    const { get, answer, asked, wait } = setUp();
    const first = get();
    await answer(1);
    await first;
    wait(55 * MINUTE);
    expect(await Promise.all([get(), get()])).toEqual(['t1', 't1']);
    await answer(2);
    expect(await get()).toBe('t2');
    expect(asked()).toBe(2);
  });

  it('stay in use until their end when the renewal fails, which is tried again', async () => {
    const { get, answer, asked, wait } = setUp();
    const first = get();
    await answer(1);
    await first;
    wait(56 * MINUTE);
    expect(await get()).toBe('t1');
    await answer(2, new Error('the endpoint is down'));
    // Not at once: the endpoint is given a pause.
    expect(await get()).toBe('t1');
    expect(asked()).toBe(2);
    wait(3 * MINUTE + 50_000);
    const late = get();
    await answer(3, new Error('the endpoint is down'));
    expect(await late).toBe('t1');
    wait(1 * MINUTE);
    const ended = get();
    const refused = expect(ended).rejects.toThrow('the endpoint is down');
    await answer(4, new Error('the endpoint is down'));
    await refused;
    // Neither asked nor logged again for each of the connections that a pool tries in a row.
    await expect(Promise.all([get(), get()])).rejects.toThrow('the endpoint is down');
    expect(asked()).toBe(4);
    wait(1_000);
    const next = get();
    await answer(5);
    expect(await next).toBe('t5');
  });

  it('are asked for databases only, whatever the server names', async () => {
    let made = 0;
    const tokens = accessTokens('sales', () => {
      made++;
      return Promise.reject(new Error('not to be made'));
    });
    for (const scope of [
      'https://management.azure.com/.default',
      'https://database.windows.net.evil.example/.default',
      'http://database.windows.net/.default',
      'https://evil.example/?https://database.windows.net/.default',
    ]) {
      await expect(tokens.getToken(scope)).rejects.toThrow('token of another service');
    }
    expect(made).toBe(0);
  });

  it('are available as soon as the credential can be made', async () => {
    let attempts = 0;
    const credential: TokenCredential = {
      getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 60 * MINUTE }),
    };
    let now = Date.now();
    const make = () =>
      ++attempts === 1 ? Promise.reject(new Error('no token file yet')) : Promise.resolve(credential);
    const tokens = accessTokens('sales', make, () => now);
    await expect(tokens.getToken(SCOPE)).rejects.toThrow('no token file yet');
    now += 1_000;
    expect((await tokens.getToken(SCOPE)).token).toBe('t');
  });
});

describe('the credential of the settings', () => {
  const CLIENT_ID = '11111111-1111-1111-1111-111111111111';
  const made = async (settings: Partial<DatabaseConfig>) => {
    const credential = credentialOf(Object.assign(new DatabaseConfig(), settings));
    return credential === undefined ? undefined : (await credential()).constructor.name;
  };

  it.each<[Partial<DatabaseConfig>, string | undefined]>([
    [{ authentication: 'sql', user: 'u', password: 'p' }, undefined],
    [{ authentication: 'ntlm', user: 'd\\u', password: 'p' }, undefined],
    [{ authentication: 'entra', user: CLIENT_ID, password: 'p', entraTenantId: CLIENT_ID }, 'ClientSecretCredential'],
    [{ authentication: 'managed-identity' }, 'ManagedIdentityCredential'],
    [{ authentication: 'managed-identity', user: CLIENT_ID }, 'ManagedIdentityCredential'],
    [{ authentication: 'azure-cli' }, 'AzureCliCredential'],
    [{ authentication: 'default' }, 'DefaultAzureCredential'],
  ])('of %p is %p', async (settings, name) => {
    expect(await made(settings)).toBe(name);
  });

  it('of default never opens a browser', async () => {
    const credential = await credentialOf(Object.assign(new DatabaseConfig(), { authentication: 'default' }))?.();
    const chain = (credential as unknown as { _sources: readonly object[] })._sources.map(one => one.constructor.name);
    expect(chain).toContain('ManagedIdentityCredential');
    expect(chain.filter(name => /Browser|DeviceCode|Interactive/.test(name))).toEqual([]);
  });
});
