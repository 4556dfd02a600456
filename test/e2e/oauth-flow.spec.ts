import { BrowserPerson } from '../support/browser-person.js';
import {
  REDIRECT_URI,
  authorizeAs,
  authorizeUrl,
  pkce,
  registeredClient,
  signIn,
  tokenRequest,
} from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';

let server: OAuthServer;
beforeAll(async () => (server = await startOAuthServer()));
afterAll(() => server.close());

const get = (url: string, token?: string) =>
  fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

describe('the way in', () => {
  it('registers, signs in, consents, gives a token, and the token opens this tenant at both its URLs', async () => {
    const { accessToken, scope } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    expect(scope).toBe('sql:read');
    for (const endpoint of ['sse', 'mcp']) {
      const response = await get(`${server.url}/demo/${endpoint}`, accessToken);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ subject: 'demo', tenant: 'demo', scopes: ['sql:read'] });
    }
    expect((await get(`${server.url}/workshop/sse`, accessToken)).status).toBe(401);
  });

  it('rotates refresh tokens, and a second use of one ends the family', async () => {
    const { refreshToken, clientId } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const refresh = (token: string) =>
      tokenRequest(`${server.url}/demo`, { grant_type: 'refresh_token', refresh_token: token, client_id: clientId });
    const first = await refresh(refreshToken);
    expect(first.status).toBe(200);
    const next = (await first.json()) as { access_token: string; refresh_token: string };
    expect(next.refresh_token).not.toBe(refreshToken);
    expect((await get(`${server.url}/demo/sse`, next.access_token)).status).toBe(200);
    const again = await refresh(refreshToken);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await get(`${server.url}/demo/sse`, next.access_token)).status).toBe(401);
    expect((await refresh(next.refresh_token)).status).toBe(400);
  });

  it('asks for consent every time, though the person is still signed in', async () => {
    const base = `${server.url}/demo`;
    const client_id = await registeredClient(base);
    const person = new BrowserPerson(server.url);
    const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, scope: 'sql:read' });
    const first = await authorizeAs(person, url, DEMO_USER);
    expect(first.url).toContain(`${REDIRECT_URI}?code=`);
    const second = await person.open(url);
    expect(second.text).toContain('name="decision"');
    expect(second.text).not.toContain('name="password"');
    const silent = await person.open(`${url}&prompt=none`);
    expect(new URL(silent.url).searchParams.get('error')).toBe('consent_required');
  });

  it('grants write where it was asked for, and less when the person chooses less', async () => {
    const scopes = ['sql:write'];
    const full = await signIn({ url: server.url, tenant: 'workshop', ...DEMO_USER, scopes });
    expect(full.scope.split(' ').sort()).toEqual(['sql:read', 'sql:write']);
    const less = await signIn({ url: server.url, tenant: 'workshop', ...DEMO_USER, scopes, grant: 'sql:read' });
    expect(less.scope).toBe('sql:read');
    const readOnly = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER, scopes });
    expect(readOnly.scope).toBe('sql:read');
  });

  it('answers with access_denied and the issuer when the person denies', async () => {
    const base = `${server.url}/demo`;
    const client_id = await registeredClient(base);
    const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge });
    const end = await authorizeAs(new BrowserPerson(server.url), url, { ...DEMO_USER, decision: 'deny' });
    const answer = new URL(end.url).searchParams;
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('iss')).toBe(base);
    expect(answer.get('state')).toBe('st');
  });
});
