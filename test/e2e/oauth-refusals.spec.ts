import { readFileSync } from 'node:fs';
import path from 'node:path';
import { authorizeUrl, pkce, register, registeredClient } from '../support/oauth-login.js';
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

interface Line {
  readonly event?: string;
  readonly reason?: string;
  readonly client?: string;
  readonly redirect_host?: string;
  readonly remote_address?: string;
  readonly request_id?: string;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe('a refusal', () => {
  let server: OAuthServer;
  let base: string;
  beforeAll(async () => {
    server = await startOAuthServer();
    base = `${server.url}/demo`;
  });
  afterAll(() => server.close());

  const lines = (event: string): Line[] =>
    wholeLines(readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8'))
      .map(line => JSON.parse(line) as Line)
      .filter(line => line.event === event);

  async function open(
    params: Record<string, string | undefined>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const url = authorizeUrl(base, { code_challenge: pkce().challenge, scope: 'sql:read', ...params });
    const response = await fetch(url, { redirect: 'manual', headers });
    return { status: response.status, text: await response.text() };
  }

  it('of a registration names the URI and the setting, and leaves a record and a metric', async () => {
    const answer = await register(base, { redirect_uris: ['https://app.example/callback', 'zed://mcp'] });
    expect(answer.status).toBe(400);
    const body = (await answer.json()) as { error: string; error_description: string };
    expect(body.error).toBe('invalid_redirect_uri');
    expect(body.error_description).toContain(
      'https://app.example/callback leads to a host that is not allowed; an administrator can add app.example to ALLOWED_REDIRECT_HOSTS',
    );
    expect(body.error_description).toContain('can add zed to ALLOWED_REDIRECT_SCHEMES');
    await until('it is recorded', () => lines('client_registration_refused').length === 1);
    expect(lines('client_registration_refused')[0]).toMatchObject({
      reason: expect.stringContaining('app.example to ALLOWED_REDIRECT_HOSTS'),
      redirect_host: 'app.example',
      remote_address: '127.0.0.1',
      request_id: expect.stringMatching(UUID),
    });
    expect(server.counted).toContain('clientRefused demo client_registration_refused invalid_redirect_uri');
  });

  it('of an authorization names the URI and the setting on the page, in the record and in the metric', async () => {
    const client_id = await registeredClient(base);
    const page = await open({ client_id, redirect_uri: 'https://app.example/callback?secret=1' });
    expect(page.status).toBe(400);
    expect(page.text).toContain('add app.example to ALLOWED_REDIRECT_HOSTS');
    expect(page.text).not.toContain('secret=1');
    await until('it is recorded', () => lines('authorization_refused').length === 1);
    const [line] = lines('authorization_refused');
    expect(line).toMatchObject({ client: client_id, redirect_host: 'app.example' });
    expect(line?.reason).toContain('add app.example to ALLOWED_REDIRECT_HOSTS');
    // The person's page and the administrator's record have the same id.
    expect(page.text).toContain(String(line?.request_id));
    expect(server.counted).toContain('clientRefused demo authorization_refused invalid_redirect_uri');
    const other = await open({ client_id, redirect_uri: 'http://127.0.0.1:1/other' });
    expect(other.text).toContain('http://127.0.0.1:1/other is not one that the client registered');
  });

  it.each([
    ['en', 'Clear authentication', 'remove this server in the application, then add it again', 'Request id'],
    ['es', 'Clear authentication', 'elimine este servidor en la aplicación', 'Identificador de la petición'],
  ])('of a forgotten client says what to do in that client (%s)', async (language, ...texts) => {
    const page = await open({ client_id: 'forgotten' }, { 'accept-language': language });
    expect(page.status).toBe(400);
    for (const text of texts) expect(page.text).toContain(text);
    expect(page.text).toMatch(UUID);
    expect(page.text).toContain('invalid_client');
    expect(page.text).not.toMatch(/go back to the application and connect again|conéctese de nuevo/);
  });

  it('has the request id on every page, in the language of the reader', async () => {
    for (const address of ['/demo/interaction/nothing', '/demo/authorize/nothing', '/demo/authorize']) {
      const response = await fetch(server.url + address, { headers: { 'accept-language': 'es' }, redirect: 'manual' });
      const text = await response.text();
      expect(response.status).toBe(400);
      expect(text).toContain('Identificador de la petición');
      expect(text).toMatch(UUID);
    }
    const asked = await open({ client_id: 'forgotten', ui_locales: 'es' }, { 'accept-language': 'en' });
    expect(asked.text).toContain('Identificador de la petición');
  });

  it('that repeats is recorded 20 times an hour for one network, and then only counted', async () => {
    await open({ client_id: 'beforehand' });
    await until('all earlier refusals are recorded', () =>
      lines('authorization_refused').some(line => line.client === 'beforehand'),
    );
    const before = lines('authorization_refused').length;
    const counted = server.counted.length;
    for (let n = 0; n < 30; n++) {
      await open({ client_id: 'flood' }, { 'x-forwarded-for': `2001:db8:99:${n}::1` });
    }
    await open({ client_id: 'afterwards' }, { 'x-forwarded-for': '2001:db8:98::1' });
    await until('the other network is recorded', () =>
      lines('authorization_refused').some(line => line.client === 'afterwards'),
    );
    const flood = lines('authorization_refused').filter(line => line.client === 'flood');
    expect(flood).toHaveLength(20);
    expect(flood.at(-1)?.reason).toContain('further refusals of this network are only counted');
    expect(lines('authorization_refused')).toHaveLength(before + 21);
    expect(server.counted.length - counted).toBe(31);
  });

  it('is none when a client only asks whether a person is signed in', async () => {
    const client_id = await registeredClient(base);
    const before = server.counted.length;
    expect((await open({ client_id, prompt: 'none' })).status).toBe(303);
    expect(server.counted.slice(before)).toEqual([]);
  });
});
