import { afterEach, describe, expect, it } from '@jest/globals';
import mssql from 'mssql';
import { type Fault, type Sandbox, type SandboxUser, startSandbox } from 'tsql-sandbox';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { testCall, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { freePort } from '../support/ports.js';
import { until } from '../support/until.js';

const TABLE = {
  sql: 'CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY, v int NULL)\nGO\nINSERT INTO dbo.T VALUES (1, 1), (2, 2), (3, 3)',
};

/** How many calls of each caller must be refused while the database is away. */
const REFUSED_CALLS = 20;

// The embedded sandbox injects the faults, which a real server can't do on request.
describe('when the database fails', () => {
  let sandbox: Sandbox | undefined;
  let services: DatabaseServices | undefined;
  let tenant: Tenant;

  const open = async (
    faults: readonly Fault[],
    more: {
      port?: number;
      users?: readonly SandboxUser[];
      settings?: Partial<TenantConfig>;
      limits?: Partial<LimitsConfig>;
      user?: string;
    } = {},
  ) => {
    sandbox = await startSandbox({
      seed: TABLE,
      faults,
      ...(more.port === undefined ? {} : { port: more.port }),
      ...(more.users === undefined ? {} : { users: more.users }),
    });
    services = databaseServices();
    tenant = testTenant(configOf(sandbox.port, more.user), more.settings, { poolWaitMs: 2_000, ...more.limits });
    return services.queries;
  };
  const configOf = (port: number, user = 'sa') =>
    Object.assign(new DatabaseConfig(), {
      host: '127.0.0.1',
      port,
      user,
      password: 'Password!1',
      database: 'SandboxDb',
      trustServerCertificate: true,
    });

  const answers = async () =>
    (await services?.queries.read('SELECT COUNT(*) FROM dbo.T', testCall(tenant)).catch(() => undefined)) !== undefined;

  afterEach(async () => {
    await services?.close();
    await sandbox?.close();
    services = sandbox = undefined;
  });

  it.each<[string, Fault]>([
    ['a deadlock', { kind: 'raise-error', number: 1205, text: 'dbo.T' }],
    ['an unavailable database', { kind: 'raise-error', number: 40613, text: 'dbo.T' }],
    ['a dropped connection', { kind: 'drop-connection', text: 'dbo.T' }],
  ])('retries a read after %s', async (_what, fault) => {
    const queries = await open([fault]);
    const result = await queries.read('SELECT COUNT(*) FROM dbo.T', testCall(tenant));
    expect(result.resultSets[0]?.rows).toEqual([[3]]);
  });

  it.each<[string, Fault, string]>([
    ['twice', { kind: 'raise-error', number: 1205, text: 'dbo.T', times: 2 }, 'SQL_ERROR'],
    [
      'after the first row, each time',
      { kind: 'drop-connection', text: 'dbo.T', afterRows: 1, times: 0 },
      'DATABASE_UNAVAILABLE',
    ],
  ])('gives up when a fault occurs %s', async (_what, fault, code) => {
    const queries = await open([fault]);
    const rows: unknown[] = [];
    const consumer = { columns: () => {}, row: (row: unknown) => rows.push(row) };
    await expect(queries.stream('SELECT id FROM dbo.T', testCall(tenant), consumer)).rejects.toMatchObject({ code });
    expect(rows.length).toBeLessThan(3);
  });

  it('never retries a write', async () => {
    const queries = await open([{ kind: 'raise-error', number: 1205, text: 'UPDATE dbo.T' }], {
      settings: { readOnly: false },
    });
    await expect(queries.write('UPDATE dbo.T SET v = 9', testCall(tenant))).rejects.toMatchObject({
      details: { number: 1205 },
    });
    const after = await queries.read('SELECT MAX(v) FROM dbo.T', testCall(tenant));
    expect(after.resultSets[0]?.rows).toEqual([[3]]);
  });

  it('says that a change may have been made when the service fails at the commit', async () => {
    const queries = await open([{ kind: 'raise-error', number: 40197, text: 'COMMIT TRANSACTION' }], {
      settings: { readOnly: false },
    });
    await expect(queries.write('UPDATE dbo.T SET v = 9', testCall(tenant))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('may have been made'),
      hint: expect.not.stringContaining('not a fault'),
    });
  });

  it('stays up while the database is unreachable, and answers soon after it is back', async () => {
    const port = await freePort();
    const queries = await open([], { port });
    await queries.read('SELECT 1', testCall(tenant));
    const load = Array.from({ length: 8 }, async (_, lane) => {
      const outcomes = new Map<string, number>();
      while ((outcomes.get('DATABASE_UNAVAILABLE') ?? 0) < REFUSED_CALLS) {
        const call = testCall(tenant, { principal: { ...testCall(tenant).principal, subject: `person ${lane}` } });
        const outcome = await queries.read('SELECT COUNT(*) FROM dbo.T', call).then(
          () => 'answered',
          (error: { code: string }) => error.code,
        );
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await new Promise(setImmediate);
      }
      return outcomes;
    });
    await sandbox?.close();
    const outcomes = new Set((await Promise.all(load)).flatMap(lane => [...lane.keys()]));
    expect([...outcomes].sort()).toEqual(['DATABASE_UNAVAILABLE', ...(outcomes.has('answered') ? ['answered'] : [])]);
    sandbox = await startSandbox({ seed: TABLE, port });
    await until('the database answers again', () => answers());
    expect(services?.sessions.usage(tenant)).toMatchObject({ waiting: 0 });
  });

  it('starts without a database and connects once it is reachable', async () => {
    const port = await freePort();
    services = databaseServices();
    tenant = testTenant(configOf(port), {}, { poolWaitMs: 500 });
    await expect(services.queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    sandbox = await startSandbox({ seed: TABLE, port });
    await until('the server has connected', () => answers());
  });

  it('limits the wait for a login that gets no answer', async () => {
    const queries = await open([{ kind: 'stall-login', milliseconds: 20_000, times: 5 }], {
      limits: { poolWaitMs: 500 },
    });
    let failures = 0;
    services?.events.listen({
      connectionFailed: () => void failures++,
      writableLogin: () => {},
      cancelIgnored: () => {},
    });
    await expect(queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    // The call ended before the attempt to connect did, which waits longer.
    expect(failures).toBe(0);
  });

  describe('while it resumes from a pause', () => {
    it('waits until logins are no longer refused', async () => {
      // The driver tries a refused login four times by itself, within the first attempt of ours.
      const queries = await open([{ kind: 'refuse-login', number: 40613, times: 5 }], {
        limits: { poolWaitMs: 2_500 },
      });
      const result = await queries.read('SELECT COUNT(*) FROM dbo.T', testCall(tenant));
      expect(result.resultSets[0]?.rows).toEqual([[3]]);
    });

    it('waits as long as a statement may take, and says that it may take a minute', async () => {
      const queries = await open([{ kind: 'refuse-login', number: 40613, times: 1_000 }], {
        limits: { poolWaitMs: 2_500, queryTimeoutMs: 3_000 },
      });
      await expect(queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringContaining('may take a minute'),
      });
    });

    it('stops waiting when the call is cancelled', async () => {
      const queries = await open([{ kind: 'refuse-login', number: 40613, times: 1_000 }], {
        limits: { poolWaitMs: 2_500 },
      });
      const signal = AbortSignal.timeout(3_000);
      await expect(queries.read('SELECT 1', testCall(tenant, { signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
    });
  });

  it('does not reveal that the password was refused', async () => {
    const queries = await open([{ kind: 'refuse-login', number: 18456, times: 10 }]);
    await expect(queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.not.stringMatching(/sa|login|18456/i),
    });
  });

  describe('the login', () => {
    const users: readonly SandboxUser[] = [
      { name: 'reader', password: 'Password!1', roles: ['db_datareader'] },
      { name: 'writer', password: 'Password!1', roles: ['db_datareader', 'db_datawriter'] },
    ];

    it.each([
      ['reader', false],
      ['writer', true],
    ])("'%s' is recognised by its permissions", async (user, canWrite) => {
      const queries = await open([], { users, user });
      const seen: boolean[] = [];
      services?.events.listen({
        connectionFailed: () => {},
        cancelIgnored: () => {},
        writableLogin: (_tenant, can) => void seen.push(can),
      });
      // Only a login that can write needs a transaction.
      const result = await queries.read('SELECT @@TRANCOUNT', testCall(tenant));
      expect(result.resultSets[0]?.rows).toEqual([[canWrite ? 1 : 0]]);
      expect(seen).toEqual([canWrite]);
    });

    it.each([
      ['a database whose name holds a dot', 'my.db', 'GRANT CREATE TABLE TO reader'],
      ['one table', 'SandboxDb', 'GRANT UPDATE ON dbo.T TO reader'],
      ['a schema', 'SandboxDb', 'GRANT DELETE ON SCHEMA::dbo TO reader'],
    ])('counts as one that can write when it may write in %s', async (_where, databaseName, grant) => {
      const owner = { name: 'owner', password: 'Password!1', roles: ['db_owner'] };
      sandbox = await startSandbox({ seed: TABLE, users: [...users, owner], databaseName });
      const admin = await new mssql.ConnectionPool({
        server: '127.0.0.1',
        port: sandbox.port,
        user: owner.name,
        password: owner.password,
        database: databaseName,
        options: { trustServerCertificate: true },
      }).connect();
      await admin.batch(grant).finally(() => admin.close());
      services = databaseServices();
      tenant = testTenant({ ...configOf(sandbox.port, 'reader'), database: databaseName });
      const result = await services.queries.read('SELECT @@TRANCOUNT', testCall(tenant));
      expect(result.resultSets[0]?.rows).toEqual([[1]]);
    });

    it('is refused when it can write and the tenant requires a read-only login', async () => {
      const queries = await open([], { users, user: 'writer', settings: { requireReadonlyLogin: true } });
      await expect(queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringMatching(/can write/),
      });
    });

    it('counts as one that can write when its permissions cannot be read', async () => {
      const queries = await open([{ kind: 'raise-error', number: 701, text: 'HAS_PERMS_BY_NAME' }], {
        users,
        user: 'reader',
      });
      const result = await queries.read('SELECT @@TRANCOUNT', testCall(tenant));
      expect(result.resultSets[0]?.rows).toEqual([[1]]);
    });

    it('is not said to be one that can write when its permissions cannot be read and have to be known', async () => {
      const queries = await open([{ kind: 'raise-error', number: 701, text: 'HAS_PERMS_BY_NAME' }], {
        users,
        user: 'reader',
        settings: { requireReadonlyLogin: true },
      });
      await expect(queries.read('SELECT 1', testCall(tenant))).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: 'The permissions of the database login could not be read.',
      });
      expect((await services?.status.check(tenant, 5_000))?.loginReadOnly).toBeUndefined();
    });
  });
});
