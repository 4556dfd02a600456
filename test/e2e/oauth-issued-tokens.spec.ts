import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyTrail } from '../../src/audit/verify-trail.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { runTokens, type TokenCommandParts } from '../../src/cli/tokens-commands.js';
import { readTokensCommand } from '../../src/cli/tokens-arguments.js';
import { UserDirectory } from '../../src/oauth/identity/user-directory.js';
import { IssuedTokens } from '../../src/oauth/tokens/issued-tokens.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { BrowserPerson } from '../support/browser-person.js';
import { addUser, DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { startRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const DATABASE = { host: '127.0.0.1', user: 'u', password: 'p', database: 'Sales' };
const TENANTS = [
  { path: '/demo', database: DATABASE },
  { path: '/workshop', database: DATABASE, read_only: false },
  {
    path: '/rules',
    database: DATABASE,
    read_only: false,
    access: [{ user: 'demo', scope: 'sql:read', schemas: ['sales'] }],
  },
];

function issuedTokens(env: () => Readonly<Record<string, string>>): void {
  let server: OAuthServer;
  let parts: TokenCommandParts;
  beforeAll(async () => {
    server = await startOAuthServer({ env: env(), tenants: TENANTS });
    parts = {
      tokens: server.app.get(IssuedTokens, { strict: false }),
      tenants: server.app.get(TenantsService, { strict: false }),
      audit: server.app.get(AuditService, { strict: false }),
      account: 'root@host',
    };
  });
  afterAll(() => server.close());

  const run = async (...args: string[]) => runTokens(readTokensCommand(args), parts);
  const whoAmI = (token: string, tenant = 'demo') =>
    fetch(`${server.url}/${tenant}/sse`, { headers: { authorization: `Bearer ${token}` } });
  const issue = async (...args: string[]) =>
    (await run('issue', '--user', 'demo', '--tenant', 'demo', ...args)).text.trim();
  const idOf = async (name: string) =>
    (await run('list')).text
      .split('\n')
      .find(line => line.includes(name))
      ?.split('\t')[0] ?? '';

  it('acts for its user in its tenant, with the scope it was issued for', async () => {
    const token = await issue('--days', '90', '--name', 'nightly report');
    expect(token).toMatch(/^mssqlmcp_[0-9A-Za-z]{49}$/);
    const answer = await whoAmI(token);
    expect(answer.status).toBe(200);
    const id = await idOf('nightly report');
    expect(await answer.json()).toMatchObject({
      subject: 'demo',
      client: `issued-token:${id}`,
      tenant: 'demo',
      scopes: ['sql:read'],
    });
    expect((await whoAmI(token, 'workshop')).status).toBe(401);
    const last = token.endsWith('x') ? 'y' : 'x';
    expect((await whoAmI(token.slice(0, -1) + last)).status).toBe(401);
  });

  it('has no more rights than the access rules give its user', async () => {
    const [readable] = [await issue('--tenant', 'rules')];
    expect(await (await whoAmI(readable, 'rules')).json()).toMatchObject({ access: { schemas: ['sales'] } });
    await expect(issue('--tenant', 'rules', '--scope', 'sql:write')).rejects.toThrow(
      'The user "demo" must not write in the tenant "rules".',
    );
    const writing = await issue('--tenant', 'workshop', '--scope', 'sql:write');
    expect(await (await whoAmI(writing, 'workshop')).json()).toMatchObject({ scopes: ['sql:read', 'sql:write'] });
  });

  it.each([
    [['--days', '91'], '--days must be a whole number from 1 to 90. ISSUED_TOKEN_MAX_DAYS sets the limit.'],
    [['--days', '0'], '--days must be'],
    [['--days', '1.5'], '--days must be'],
    [['--user', 'nobody'], 'The user "nobody" is unknown'],
    [['--tenant', 'nowhere'], 'There is no tenant "nowhere". The tenants are: demo, workshop, rules.'],
    [['--scope', 'admin'], '--scope must be sql:read or sql:write'],
    [['--name', '\u001b[31m'], '--name must be'],
    [['--everything'], "Unknown option '--everything'"],
  ])('is refused with %j', async (args, message) => {
    await expect(issue(...args)).rejects.toThrow(message);
  });

  it('is in the state as a hash only, and in the audit trail with who issued it, never as itself', async () => {
    const token = await issue('--by', 'Ana Lima', '--name', 'audited');
    const id = await idOf('audited');
    const trail = path.join(server.directory, 'audit.jsonl');
    const lines = wholeLines(readFileSync(trail, 'utf8')).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ client }) => client === `issued-token:${id}`)).toMatchObject({
      event: 'token_issued',
      principal: 'demo',
      scopes: ['sql:read'],
      by: 'Ana Lima (root@host)',
    });
    expect(readFileSync(trail, 'utf8')).not.toContain(token);
    expect((await verifyTrail([trail])).faults).toEqual([]);
  });

  it('is listed without the token, and ends when it is revoked', async () => {
    const token = await issue('--name', 'to be revoked');
    const { text } = await run('list', '--user', 'demo');
    expect(text).toContain('to be revoked');
    expect(text).not.toContain(token);
    const id = await idOf('to be revoked');
    expect((await run('revoke', id)).text).toContain(`The token ${id} of demo in demo was revoked.`);
    await until('the token is void', async () => (await whoAmI(token)).status === 401, 2_000);
    expect((await run('list')).text).not.toContain('to be revoked');
    await expect(run('revoke', id)).rejects.toThrow(`There is no issued token ${id}.`);
    expect((await run('list', '--user', 'nobody')).text).toBe('There are no issued tokens.\n');
  });

  it('stands on the account page of its user, who can revoke it', async () => {
    const token = await issue('--name', 'seen by its user', '--by', 'the administrator');
    const person = new BrowserPerson(server.url);
    const page = await person.submit(await person.open(`${server.url}/demo/account`), DEMO_USER);
    expect(page.text).toContain('seen by its user');
    expect(page.text).toContain('the administrator (root@host)');
    const grant = await idOf('seen by its user');
    expect(page.text).toContain(grant);
    const after = await person.submit(page, { grant });
    expect(after.text).not.toContain('seen by its user');
    await until('the token is void', async () => (await whoAmI(token)).status === 401, 2_000);
  });

  it('ends when its user is disabled, and stays void afterwards', async () => {
    await addUser(server.usersFile, 'leaver', DEMO_USER.password);
    const token = (await run('issue', '--user', 'leaver', '--tenant', 'demo')).text.trim();
    expect((await whoAmI(token)).status).toBe(200);
    const users = new UserDirectory(server.usersFile);
    await users.disable('leaver');
    expect((await whoAmI(token)).status).toBe(401);
    await users.enable('leaver');
    expect((await whoAmI(token)).status).toBe(401);
    expect((await run('list', '--user', 'leaver')).text).toContain('void');
  });
}

describe('a token that an administrator issued, with the SQLite store', () => {
  issuedTokens(() => ({}));

  it('may be valid for longer when a setting says so', async () => {
    const server = await startOAuthServer({ env: { ISSUED_TOKEN_MAX_DAYS: '365' } });
    try {
      const tenant = server.app.get(TenantsService, { strict: false }).byName('demo');
      if (tenant === undefined) throw new Error('there is no tenant');
      const order = { subject: 'demo', scope: 'sql:read', days: 365, name: 'year', by: 'x' } as const;
      const { facts } = await server.app
        .get(IssuedTokens, { strict: false })
        .issue(tenant, order, async () => undefined);
      expect(facts.expiresAt - facts.issuedAt).toBe(365 * 24 * 3_600_000);
    } finally {
      await server.close();
    }
  });
});

describeWith('redis-server', 'a token that an administrator issued, with Redis', () => {
  let url = '';
  let stop: () => Promise<void>;
  const key = randomBytes(32).toString('base64');
  beforeAll(async () => {
    const redis = await startRedis();
    ({ url } = redis);
    stop = () => redis.stop();
  });
  afterAll(() => stop());
  issuedTokens(() => ({ STATE_STORE: url, STATE_KEY: key }));
});
