import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BrowserPerson } from '../support/browser-person.js';
import { register, signIn, tokenRequest } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

interface Line {
  readonly event?: string;
  readonly tenant?: string;
  readonly principal?: string;
  readonly client?: string;
  readonly client_name?: string;
  readonly reason?: string;
  readonly remote_address?: string;
  readonly scopes?: readonly string[];
}

describe('the audit trail of sign-in and consent', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  const lines = (): Line[] =>
    wholeLines(readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8')).map(line => JSON.parse(line) as Line);

  it('records which user granted which client what and when, and what was rejected', async () => {
    const base = `${server.url}/demo`;
    const { clientId, refreshToken } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
    const rotated = (await (await tokenRequest(base, refresh)).json()) as Record<string, string>;
    await tokenRequest(base, refresh);
    await tokenRequest(base, { ...refresh, refresh_token: String(rotated['refresh_token']) });
    await tokenRequest(base, refresh);
    await tokenRequest(base, { ...refresh, refresh_token: 'unknown' });
    const person = new BrowserPerson(server.url);
    await person.submit(await person.open(`${base}/account`), { username: 'demo', password: 'wrong' });
    await register(`${server.url}/workshop`);
    const kinds = [
      'client_registered',
      'sign_in',
      'consent_granted',
      'token_issued',
      'token_refreshed',
      'token_refresh_repeated',
      'code_reused',
      'grant_revoked',
      'token_refused',
      'sign_in_failed',
    ];
    const registeredAtWorkshop = (line: Line) => line.event === 'client_registered' && line.tenant === 'workshop';
    await until(
      'all of it is in the trail',
      () => kinds.every(kind => lines().some(line => line.event === kind)) && lines().some(registeredAtWorkshop),
    );
    const all = lines();
    expect(all.find(line => line.event === 'consent_granted')).toMatchObject({
      tenant: 'demo',
      principal: 'demo',
      client: clientId,
      scopes: ['sql:read'],
      remote_address: '127.0.0.1',
    });
    expect(all.find(line => line.event === 'code_reused')).toMatchObject({ principal: 'demo', client: clientId });
    expect(all.find(line => line.event === 'grant_revoked')).toMatchObject({ principal: 'demo', client: clientId });
    expect(all.find(line => line.event === 'client_registered')).toMatchObject({
      client: clientId,
      client_name: expect.stringMatching(/./),
    });
    expect(all.find(line => line.event === 'sign_in_failed')?.principal).toBeUndefined();
  });
});
