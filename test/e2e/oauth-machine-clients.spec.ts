import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { register, registeredClient } from '../support/oauth-login.js';
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const DATABASE = { host: '127.0.0.1', user: 'u', password: 'p', database: 'Sales' };
const tenants = (access: readonly object[]) => [
  { path: '/demo', database: DATABASE },
  { path: '/workshop', database: DATABASE, read_only: false },
  { path: '/rules', database: DATABASE, read_only: false, access },
  { path: '/without', database: DATABASE },
];
const RULES = [
  { user: 'demo' },
  { client: 'nightly', scope: 'sql:write', schemas: ['sales'], attributes: { region: 'EMEA' } },
];

function clientsFile(clients: readonly object[]): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-clients-')), 'clients.yaml');
  writeFileSync(file, stringify({ clients }));
  return file;
}

describe('a client that acts for itself', () => {
  const secret = randomBytes(24).toString('base64url');
  const machine = {
    client_secret: secret,
    grant_types: ['client_credentials'],
    tenants: ['demo', 'workshop', 'rules'],
  };
  let server: OAuthServer;
  beforeAll(async () => {
    const file = clientsFile([
      { client_id: 'nightly', client_name: 'Nightly report', scope: 'sql:write', ...machine },
      { client_id: 'reader', client_name: 'Reader', scope: 'sql:read', ...machine },
    ]);
    server = await startOAuthServer({ env: { CLIENTS_FILE: file }, tenants: tenants(RULES) });
  });
  afterAll(() => server.close());

  const request = (tenant: string, form: Record<string, string> = {}, client = 'nightly', password = secret) =>
    fetch(`${server.url}/${tenant}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:${password}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
  async function token(
    tenant: string,
    form?: Record<string, string>,
    client?: string,
  ): Promise<Record<string, string>> {
    const response = await request(tenant, form, client);
    expect(response.status).toBe(200);
    return (await response.json()) as Record<string, string>;
  }
  const whoAmI = (tenant: string, { access_token }: Record<string, string>) =>
    fetch(`${server.url}/${tenant}/sse`, { headers: { authorization: `Bearer ${access_token}` } });
  const principal = async (tenant: string, granted: Record<string, string>) => {
    const response = await whoAmI(tenant, granted);
    return response.status === 200 ? ((await response.json()) as Record<string, unknown>) : response.status;
  };

  it('gets a token for its tenant, and is the principal of its calls', async () => {
    const granted = await token('demo');
    expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'sql:read' });
    expect(granted['refresh_token']).toBeUndefined();
    expect(await principal('demo', granted)).toMatchObject({
      subject: 'client:nightly',
      client: 'nightly',
      scopes: ['sql:read'],
    });
    expect(await principal('workshop', granted)).toBe(401);
  });

  it('has the scope of its entry at most, and less when it asks for less', async () => {
    expect(await token('workshop')).toMatchObject({ scope: 'sql:read sql:write' });
    expect(await token('workshop', { scope: 'sql:read' })).toMatchObject({ scope: 'sql:read' });
    const granted = await token('workshop', { scope: 'sql:write' }, 'reader');
    expect(granted).toMatchObject({ scope: 'sql:read' });
    expect(await principal('workshop', granted)).toMatchObject({ highestScope: 'sql:read' });
  });

  it('has the access of the rules that name it, until they no longer do', async () => {
    const granted = await token('rules');
    expect(await principal('rules', granted)).toMatchObject({
      scopes: ['sql:read', 'sql:write'],
      access: { schemas: ['sales'] },
      attributes: { region: 'EMEA' },
    });
    expect((await request('rules', {}, 'reader')).status).toBe(400);
    const text = stringify({ tenants: tenants([{ user: 'demo' }, { user: 'nightly' }]) });
    writeFileSync(path.join(server.directory, 'tenants.yaml'), text);
    await until('the token is void', async () => (await whoAmI('rules', granted)).status === 401);
    expect(await (await request('rules')).json()).toMatchObject({ error: 'unauthorized_client' });
  });

  it.each<[string, Record<string, string>, string, string | undefined, number, string]>([
    [
      'another tenant’s resource',
      { resource: 'https://other.example/sse' },
      'nightly',
      undefined,
      400,
      'invalid_target',
    ],
    ['a wrong secret', {}, 'nightly', 'x'.repeat(32), 401, 'invalid_client'],
    ['an unknown client', {}, 'nobody', undefined, 401, 'invalid_client'],
  ])('gets no token with %s', async (_what, form, client, password, status, error) => {
    const response = await request('demo', form, client, password);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  it('can see and revoke its own token', async () => {
    const granted = await token('demo');
    const form = { token: granted['access_token'] ?? '', client_id: 'nightly', client_secret: secret };
    const post = (endpoint: string) =>
      fetch(`${server.url}/demo/${endpoint}`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`nightly:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ token: form.token }),
      });
    expect(await (await post('introspect')).json()).toMatchObject({ active: true, client_id: 'nightly' });
    expect((await post('revoke')).status).toBe(200);
    expect(await principal('demo', granted)).toBe(401);
  });

  it('cannot send a person to the consent page', async () => {
    const url = new URL(`${server.url}/demo/authorize?response_type=code&client_id=nightly&state=s`);
    url.searchParams.set('redirect_uri', 'http://127.0.0.1:5000/callback');
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(400);
  });

  it('is in the audit trail as itself', async () => {
    await token('demo');
    const lines = wholeLines(readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8'));
    expect(lines.map(line => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ event: 'token_issued', principal: 'client:nightly', client: 'nightly' }),
    );
  });

  it('is promised by the metadata of those tenants only that have one', async () => {
    const grants = async (tenant: string): Promise<unknown> => {
      const response = await fetch(`${server.url}/${tenant}/.well-known/oauth-authorization-server`);
      return ((await response.json()) as Record<string, unknown>)['grant_types_supported'];
    };
    expect(await grants('demo')).toEqual(['authorization_code', 'refresh_token', 'client_credentials']);
    expect(await grants('without')).toEqual(['authorization_code', 'refresh_token']);
    expect(await (await request('without')).json()).toMatchObject({ error: 'invalid_client' });
  });

  it('cannot be made by registration, whose answer says who can', async () => {
    for (const tenant of ['demo', 'without']) {
      const base = `${server.url}/${tenant}`;
      const response = await register(base, { grant_types: ['client_credentials'] });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: 'invalid_client_metadata',
        error_description: expect.stringMatching(/CLIENTS_FILE.*mssql-mcp tokens/),
      });
      const both = ['authorization_code', 'refresh_token', 'client_credentials'];
      const registered = await register(base, { grant_types: both });
      expect(await registered.json()).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'] });
    }
    const metadata = { token_endpoint_auth_method: 'none' };
    const client_id = await registeredClient(`${server.url}/demo`, metadata);
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id });
    const refused = await fetch(`${server.url}/demo/token`, { method: 'POST', body });
    expect(await refused.json()).toMatchObject({
      error: 'invalid_request',
      error_description: 'requested grant type is not allowed for this client',
    });
  });

  it.each([
    [{ scope: undefined }, 'clients[0].scope must be sql:read or sql:write'],
    [{ client_secret: 'x'.repeat(31) }, 'clients[0].grant_types must be [client_credentials], for a client with a'],
    [{ client_secret: undefined }, 'clients[0].grant_types must be [client_credentials], for a client with a'],
    [{ grant_types: ['password'] }, 'clients[0].grant_types must be [client_credentials]'],
    [{ redirect_uris: ['https://claude.ai/x'] }, 'clients[0].redirect_uris must be left out'],
    [{ grant_types: undefined, redirect_uris: ['https://claude.ai/x'] }, 'clients[0].scope must be'],
  ])('is refused at start with %j', async (change, fault) => {
    const entry = { client_id: 'nightly', client_name: 'Nightly', scope: 'sql:read', ...machine, ...change };
    await expect(startOAuthServer({ env: { CLIENTS_FILE: clientsFile([entry]) } })).rejects.toThrow(fault);
  });
});
