import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFixtureServer } from '../support/conformance/fixture-server.js';
import { modern, post, rpc } from '../support/conformance/wire.js';
import { BrowserPerson } from '../support/browser-person.js';
import { authorizeUrl, pkce, registeredClient } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';

const LOGO = 'docs/images/sign-in.png';
const HTML = { accept: 'text/html,application/xhtml+xml' };

describe('the brand of the organisation', () => {
  let server: OAuthServer;
  beforeAll(async () => {
    server = await startOAuthServer({
      tenants: [
        { path: '/sales', brand: { name: 'Contoso <Sales>', color: '#ffd400', logo_file: LOGO } },
        { path: '/plain' },
      ],
      env: { BRAND_NAME: 'Holding' },
    });
  });
  afterAll(() => server.close());

  it('is on the pages of the tenant, with a text that can be read on its colour', async () => {
    const answer = await fetch(`${server.url}/sales/docs`);
    const page = await answer.text();
    expect(page).toContain('Contoso &lt;Sales&gt;');
    expect(page).toContain('--button: #ffd400; --on-button: #000000;');
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`style-src 'sha256-${hash}';`);
    expect(policy).not.toContain('unsafe');
    expect(await (await fetch(`${server.url}/plain/docs`)).text()).toContain('Holding');
  });

  it.each([
    ['names an unknown client', 'client_id=nobody'],
    ['names two clients', 'client_id=a&client_id=b'],
    ['has too long a client_id', `client_id=${'x'.repeat(5_000)}`],
  ])('is on the error page of /authorize when the request %s', async (_fault, query) => {
    const answer = await fetch(`${server.url}/sales/authorize?response_type=code&${query}`, { headers: HTML });
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain('Contoso &lt;Sales&gt;');
    expect(page).toContain('--button: #ffd400;');
  });

  it('has a logo that browsers take for an image only', async () => {
    const page = await (await fetch(`${server.url}/sales/account`)).text();
    const [, source = ''] = /<img src="([^"]+)"/.exec(page) ?? [];
    expect(source).toMatch(/^\/sales\/logo\.png\?v=[0-9a-f]{12}$/);
    const logo = await fetch(server.url + source);
    expect(logo.headers.get('content-type')).toBe('image/png');
    expect(logo.headers.get('x-content-type-options')).toBe('nosniff');
    expect(logo.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(Buffer.from(await logo.arrayBuffer()).equals(readFileSync(LOGO))).toBe(true);
    for (const absent of ['/sales/logo.jpg', '/plain/logo.png', '/logo.png', '/nobody/logo.png']) {
      expect((await fetch(server.url + absent)).status).toBe(404);
    }
  });

  it('is found behind a proxy that strips the prefix', async () => {
    const headers = { 'x-environment-path': '/sales' };
    for (const file of ['/logo.png', '/pages.js', '/favicon.svg']) {
      expect((await fetch(server.url + file, { headers })).status).toBe(200);
    }
    expect((await fetch(`${server.url}/`, { headers: { ...headers, ...HTML } })).status).toBe(404);
  });

  it('is on the welcome page, which names no tenant', async () => {
    const answer = await fetch(`${server.url}/`, { headers: HTML });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('vary')).toContain('Accept');
    const page = await answer.text();
    expect(page).toContain('Holding');
    expect(page).not.toMatch(/sales|plain|\/sse/i);
    const icon = /<link rel="icon" href="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await fetch(server.url + icon)).headers.get('content-type')).toBe('image/svg+xml');
    const spanish = await fetch(`${server.url}/`, { headers: { ...HTML, 'accept-language': 'es' } });
    expect(await spanish.text()).toContain('Esto es un servidor MCP');
  });

  it.each(['*/*', 'application/json', 'text/event-stream', 'application/json, text/event-stream'])(
    'changes nothing for a program that asks for %s at /',
    async accept => {
      const answer = await fetch(`${server.url}/`, { headers: { accept } });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: 'NOT_FOUND', message: 'There is nothing at this path.' });
      const posted = await fetch(`${server.url}/`, { method: 'POST', headers: { accept }, body: '{}' });
      expect(posted.status).toBe(404);
    },
  );
});

describe('the pages of a tenant at the root', () => {
  it('find their files there, and / is the welcome page', async () => {
    const database = { MSSQL_HOST: '127.0.0.1', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'Sales' };
    const server = await startOAuthServer({ env: { ...database, TENANTS_FILE: '', BRAND_LOGO_FILE: LOGO } });
    const page = await (await fetch(`${server.url}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)="(\/(?:logo|pages|favicon)[^"]+)"/g)].map(match => match[1] ?? '');
    expect(new Set(files.map(file => file.replace(/\?.*/, '')))).toEqual(new Set(['/logo.png', '/pages.js']));
    for (const file of files) expect((await fetch(server.url + file)).status).toBe(200);
    const welcome = await (await fetch(`${server.url}/`, { headers: HTML })).text();
    expect(welcome).toContain('This is an MCP server');
    expect(welcome).not.toContain('Sales');
    await server.close();
  });
});

describe('serverInfo', () => {
  it('has the brand and the tenant as its title, and the logo as its icon', async () => {
    const server = await startFixtureServer({ BRAND_NAME: 'Contoso', BRAND_LOGO_FILE: LOGO });
    const request = rpc('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    });
    const info = (await post(server.url, request)).json.result?.['serverInfo'] as {
      readonly icons: readonly { readonly src: string; readonly mimeType: string }[];
    };
    expect(info).toMatchObject({ name: 'MSSQL MCP Server', title: 'Contoso (demo)' });
    const discovered = (await modern(server.url, 'server/discover')).json.result as Record<
      string,
      Record<string, unknown>
    >;
    expect(discovered['_meta']?.['io.modelcontextprotocol/serverInfo']).toEqual(info);
    const [icon] = info.icons;
    expect(icon?.src.startsWith(`${server.origin}/demo/`)).toBe(true);
    expect((await fetch(icon?.src ?? '')).headers.get('content-type')).toBe(icon?.mimeType);
    await server.close();
  });
});

describe('"chose this name itself"', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-names-'));
  const clientsFile = path.join(directory, 'clients.yaml');
  const redirect = 'http://127.0.0.1:4711/callback';
  let server: OAuthServer;
  beforeAll(async () => {
    const listed = { client_id: 'reporting', client_name: 'Reporting', redirect_uris: [redirect] };
    writeFileSync(clientsFile, JSON.stringify({ clients: [listed] }));
    server = await startOAuthServer({ env: { CLIENTS_FILE: clientsFile } });
  });
  afterAll(() => server.close());

  it.each([
    ['a registered client', undefined, redirect, true],
    ['a client of CLIENTS_FILE', 'reporting', redirect, false],
    ['Claude Code', 'https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:4711/callback', false],
    ['ChatGPT', 'https://chatgpt.com/oauth/abc/client.json', 'https://chatgpt.com/connector/oauth/abc', false],
  ])('is said of %s only if it is true', async (_who, id, redirect_uri, expected) => {
    const base = `${server.url}/demo`;
    const client_id = id ?? (await registeredClient(base, { redirect_uris: [redirect_uri], client_name: 'Anything' }));
    const person = new BrowserPerson(server.url);
    const url = authorizeUrl(base, { client_id, redirect_uri, code_challenge: pkce().challenge, scope: 'sql:read' });
    const consent = await person.submit(await person.open(url), DEMO_USER);
    expect(consent.text).toContain(new URL(redirect_uri).host);
    expect(consent.text.includes('chose this name itself')).toBe(expected);
    expect(consent.text.includes('The answer is sent to:')).toBe(!expected);
  });
});
