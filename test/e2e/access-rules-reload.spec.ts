import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { verifyTrail } from '../../src/audit/verify-trail.js';
import { signIn } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';

const DATABASE = { host: '127.0.0.1', user: 'u', password: 'p', database: 'Sales' };
const tenants = (access: readonly object[]) => [
  { path: '/demo', database: DATABASE, read_only: false, access },
  { path: '/other', database: DATABASE },
];
const OWN_RULE = { user: DEMO_USER.username, scope: 'sql:write', attributes: { region: 'EMEA' } };

describe('access rules that change while the server runs', () => {
  let server: OAuthServer;
  let token: string;
  beforeEach(async () => {
    server = await startOAuthServer({ tenants: tenants([OWN_RULE]) });
    ({ accessToken: token } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER }));
  });
  afterEach(() => server.close());

  const write = (text: string) => writeFileSync(path.join(server.directory, 'tenants.yaml'), text);
  const whoAmI = () => fetch(`${server.url}/demo/sse`, { headers: { authorization: `Bearer ${token}` } });
  const principal = async () => (await (await whoAmI()).json()) as Record<string, unknown>;

  it('hold for tokens in use, as soon as the file has changed', async () => {
    expect(await principal()).toMatchObject({ highestScope: 'sql:write', attributes: { region: 'EMEA' } });
    write(stringify({ tenants: tenants([{ ...OWN_RULE, scope: 'sql:read', attributes: { region: 'APAC' } }]) }));
    await until('the rules have changed', async () => (await principal())['highestScope'] === 'sql:read');
    expect(await principal()).toMatchObject({ scopes: ['sql:read'], attributes: { region: 'APAC' } });
    write(stringify({ tenants: tenants([{ user: 'somebody-else' }]) }));
    await until('the person has no access', async () => (await whoAmI()).status === 401);
  });

  it('stay as they were when the new file has a fault, and until it is corrected', async () => {
    write(stringify({ tenants: tenants([{ user: 'somebody-else', scop: 'sql:read' }]) }));
    // Long enough for the new file to be read, which a correct file then shows.
    expect((await whoAmI()).status).toBe(200);
    write(stringify({ tenants: tenants([OWN_RULE, { user: 'eve', tool: 'x' }]) }));
    expect((await whoAmI()).status).toBe(200);
    write(stringify({ tenants: tenants([{ user: 'somebody-else' }]) }));
    await until('the correct file holds', async () => (await whoAmI()).status === 401);
  });

  it('have a line in the audit trail of each tenant: at start, at each change, and for a refused file', async () => {
    const trail = path.join(server.directory, 'audit.jsonl');
    const lines = () =>
      readFileSync(trail, 'utf8')
        .split('\n')
        .filter(line => line.includes('"type":"config"'))
        .map(line => JSON.parse(line) as Record<string, unknown>);
    const hashes = (tenant: string, what: string) =>
      lines().flatMap(line => (line['tenant'] === tenant && line['what'] === what ? [line['sha256']] : []));
    expect(lines()).toHaveLength(4);
    for (const line of lines())
      expect(line).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), reloaded: false });
    expect(hashes('demo', 'environment')).toEqual(hashes('other', 'environment'));

    write(
      stringify({
        tenants: tenants([
          { user: 'ana', scop: 'sql:read' },
          { group: 'x', tool: 'y' },
        ]),
      }),
    );
    await until('the refused file is in the trail', async () => (await whoAmI()).ok && lines().length === 6);
    expect(lines().slice(4)).toEqual([
      expect.objectContaining({ tenant: 'demo', what: 'tenants_file', reloaded: true, faults: 2 }),
      expect.objectContaining({ tenant: 'other', what: 'tenants_file', reloaded: true, faults: 2 }),
    ]);
    write(stringify({ tenants: tenants([OWN_RULE, { user: 'eve' }]) }));
    await until('the changed file is in the trail', async () => (await whoAmI()).ok && lines().length === 8);
    expect(lines()[6]).not.toHaveProperty('faults');
    const [start, refused, changed] = hashes('demo', 'tenants_file');
    expect([refused === start, changed === start]).toEqual([true, false]);
    expect(new Set(hashes('other', 'tenants_file')).size).toBe(1);
    expect((await verifyTrail([trail])).faults).toEqual([]);
  });
});
