import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { BrowserPerson } from '../support/browser-person.js';
import {
  REDIRECT_URI,
  authorizeAs,
  authorizeUrl,
  pkce,
  register,
  registeredClient,
  signIn,
  tokenRequest,
} from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';

let server: OAuthServer;
beforeAll(async () => (server = await startOAuthServer()));
afterAll(() => server.close());

const get = (url: string, token?: string) =>
  fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

describe('authorization code flow', () => {
  it('registers, signs in, consents and issues a token, which is valid at both URLs of this tenant', async () => {
    const { accessToken, scope } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    expect(scope).toBe('sql:read');
    for (const endpoint of ['sse', 'mcp']) {
      const response = await get(`${server.url}/demo/${endpoint}`, accessToken);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ subject: 'demo', tenant: 'demo', scopes: ['sql:read'] });
    }
    expect((await get(`${server.url}/workshop/sse`, accessToken)).status).toBe(401);
  });

  it('rotates refresh tokens, and the use of one after its successor revokes the grant', async () => {
    const { refreshToken, clientId } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const refresh = (token: string) =>
      tokenRequest(`${server.url}/demo`, { grant_type: 'refresh_token', refresh_token: token, client_id: clientId });
    const first = await refresh(refreshToken);
    expect(first.status).toBe(200);
    const next = (await first.json()) as { access_token: string; refresh_token: string };
    expect(next.refresh_token).not.toBe(refreshToken);
    expect((await get(`${server.url}/demo/sse`, next.access_token)).status).toBe(200);
    const last = (await (await refresh(next.refresh_token)).json()) as { refresh_token: string };
    const again = await refresh(refreshToken);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await get(`${server.url}/demo/sse`, next.access_token)).status).toBe(401);
    expect((await refresh(last.refresh_token)).status).toBe(400);
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

describe('clients that deviate from the usual flow', () => {
  const cursor = 'cursor://anysphere.cursor-mcp/oauth/callback';

  it('registers Cursor’s own URI and its loopback address, and leaves out the address of a host that is not on the list', async () => {
    const own = await startOAuthServer({
      tenants: [{ path: '/demo' }],
    });
    try {
      const redirect_uris = [
        cursor,
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ];
      const base = `${own.url}/demo`;
      const registered = (await (await register(base, { redirect_uris })).json()) as { redirect_uris: string[] };
      expect(registered.redirect_uris).toEqual([cursor, 'http://localhost:8787/callback']);
      const client_id = await registeredClient(base, { redirect_uris });
      const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, redirect_uri: cursor });
      const person = new BrowserPerson(own.url);
      const consent = await person.submit(await person.open(url), DEMO_USER);
      expect(consent.response.headers.get('content-security-policy')).toContain(`form-action 'self' cursor:`);
      const end = await person.submit(consent, { decision: 'approve' });
      expect(end.url).toMatch(/^cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback\?code=/);
    } finally {
      await own.close();
    }
  });

  it('lets a loopback client come back on any port', async () => {
    const base = `${server.url}/demo`;
    const client_id = await registeredClient(base, { redirect_uris: ['http://localhost/callback'] });
    const url = authorizeUrl(base, {
      client_id,
      code_challenge: pkce().challenge,
      redirect_uri: 'http://localhost:61234/callback',
    });
    const end = await authorizeAs(new BrowserPerson(server.url), url, DEMO_USER);
    expect(end.url).toMatch(/^http:\/\/localhost:61234\/callback\?code=/);
  });

  it('takes JSON at the token endpoint, and scopes that a client repeats', async () => {
    const { refreshToken, clientId } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const response = await fetch(`${server.url}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        scope: 'sql:read offline_access claudeai',
        resource: `${server.url.toUpperCase().replace('HTTP', 'http')}/demo/sse/`,
      }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(await response.json()).toMatchObject({ scope: 'sql:read', token_type: 'Bearer', expires_in: 3600 });
  });

  it('reads clients with secrets from a file, for their tenants only', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-clients-')), 'clients.yaml');
    const client = {
      client_id: 'reporting',
      client_name: 'Reporting',
      redirect_uris: [REDIRECT_URI],
      client_secret: 'a secret of the reporting client',
      token_endpoint_auth_method: 'client_secret_post',
      tenants: ['demo'],
    };
    writeFileSync(file, stringify({ clients: [client] }));
    const own = await startOAuthServer({ env: { CLIENTS_FILE: file } });
    try {
      const base = `${own.url}/demo`;
      const { verifier, challenge } = pkce();
      const url = authorizeUrl(base, { client_id: 'reporting', code_challenge: challenge });
      const end = await authorizeAs(new BrowserPerson(own.url), url, DEMO_USER);
      const form = {
        grant_type: 'authorization_code',
        code: new URL(end.url).searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: REDIRECT_URI,
        client_id: 'reporting',
      };
      expect((await tokenRequest(base, form)).status).toBe(401);
      expect((await tokenRequest(base, { ...form, client_secret: client.client_secret })).status).toBe(200);
      const elsewhere = authorizeUrl(`${own.url}/workshop`, { client_id: 'reporting', code_challenge: challenge });
      expect((await fetch(elsewhere, { redirect: 'manual' })).status).toBe(400);
    } finally {
      await own.close();
    }
    writeFileSync(file, stringify({ clients: [{ ...client, redirect_uris: ['https://evil.example/'] }] }));
    await expect(startOAuthServer({ env: { CLIENTS_FILE: file } })).rejects.toThrow(
      'CLIENTS_FILE: client "reporting" of tenant "demo": redirect_uris',
    );
    writeFileSync(file, 'clients: [{}]');
    await expect(startOAuthServer({ env: { CLIENTS_FILE: file } })).rejects.toThrow(
      /CLIENTS_FILE: clients\[0\]\.client_id must be [^\n]+\nCLIENTS_FILE: clients\[0\]\.client_name is not set\./,
    );
  });

  it('applies limits and attributes of the access rules, and removes scopes when a rule is removed', async () => {
    const access = [{ user: 'demo', scope: 'sql:read', tools: ['list_tables'], attributes: { region: 'EMEA' } }];
    const own = await startOAuthServer({ tenants: [{ path: '/demo', read_only: false, access }] });
    try {
      const { accessToken, scope } = await signIn({
        url: own.url,
        tenant: 'demo',
        ...DEMO_USER,
        scopes: ['sql:write'],
        grant: 'sql:write',
      });
      expect(scope).toBe('sql:read');
      const answer = await fetch(`${own.url}/demo/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
      expect(await answer.json()).toMatchObject({
        scopes: ['sql:read'],
        highestScope: 'sql:read',
        access: { tools: ['list_tables'] },
        attributes: { region: 'EMEA' },
      });
    } finally {
      await own.close();
    }
  });

  it('starts with the right STATE_KEY only, and keeps its state', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-restart-'));
    const port = await freePort();
    const env = { STATE_KEY: randomBytes(32).toString('base64') };
    const first = await startOAuthServer({ directory, port, env });
    const { accessToken } = await signIn({ url: first.url, tenant: 'demo', ...DEMO_USER });
    await first.close();
    const wrong = { STATE_KEY: randomBytes(32).toString('base64') };
    await expect(startOAuthServer({ directory, port, env: wrong })).rejects.toThrow('STATE_KEY is not the key');
    const second = await startOAuthServer({ directory, port, env });
    const answer = await fetch(`${second.url}/demo/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(answer.status).toBe(200);
    await second.close();
    // Without its tenant a token opens nothing.
    const third = await startOAuthServer({ directory, port, env, tenants: [{ path: '/other' }] });
    const gone = await fetch(`${third.url}/other/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(gone.status).toBe(401);
    await third.close();
  });
});
