import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import mssql from 'mssql';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { testCall, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { ENDLESS, MILLION_ROWS } from '../support/numbers.js';

const TABLE = {
  sql: 'CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY, v int NULL)\nGO\nINSERT INTO dbo.T VALUES (1, 1), (2, 2), (3, 3)',
};
const WHO =
  "SELECT CAST(SESSION_CONTEXT(N'user_id') AS nvarchar(100)), CAST(SESSION_CONTEXT(N'region') AS nvarchar(9))";
const CALLS = 50;

/** The faults as procedures of the sandbox. */
const SQL_SERVER: readonly string[] = [];
const BABELFISH: readonly string[] = ['keep_session_context', 'abort_on_error'];

// The embedded sandbox plays the engines: a real server can't change its ways on request.
describe('a connection is fit for the next person', () => {
  let sandbox: Sandbox;
  let admin: mssql.ConnectionPool;
  let services: DatabaseServices;
  let tenant: Tenant;
  let ignoredCancels: string[];

  beforeAll(async () => {
    sandbox = await startSandbox({
      seed: TABLE,
      users: [
        { name: 'reader', password: 'Password!1', roles: ['db_datareader'] },
        { name: 'writer', password: 'Password!1', roles: ['db_datareader', 'db_datawriter'] },
        { name: 'admin', password: 'Password!1', roles: ['sysadmin'] },
      ],
    });
    admin = await connectAdmin(sandbox.port);
  });
  afterAll(async () => {
    await admin.close();
    await sandbox.close();
  });

  const open = async (
    faults: readonly string[],
    settings: Partial<TenantConfig> = {},
    limits: Partial<LimitsConfig> = {},
  ) => {
    await admin.batch(['UPDATE dbo.T SET v = id', ...faults.map(name => `EXEC sandbox.${name}`)].join(';\n'));
    services = databaseServices();
    ignoredCancels = [];
    services.events.listen({
      connectionFailed: () => {},
      writableLogin: () => {},
      cancelIgnored: name => void ignoredCancels.push(name),
    });
    const config = Object.assign(new DatabaseConfig(), {
      host: '127.0.0.1',
      port: sandbox.port,
      user: settings.readOnly === false ? 'writer' : 'reader',
      password: 'Password!1',
      database: 'SandboxDb',
      encrypt: false,
    });
    tenant = testTenant(config, settings, { poolMax: 2, poolWaitMs: 10_000, ...limits });
  };
  const raise = (text: string, times: number) =>
    admin.batch(`EXEC sandbox.raise_error @number = 33557097, @text = N'${text}', @times = ${times}`);

  afterEach(async () => {
    await services.close();
    await admin.batch('EXEC sandbox.clear_faults');
  });

  const callOf = (n: number, signal?: AbortSignal) => {
    const attributes: Record<string, string> = n % 3 === 0 ? {} : { region: `r${n % 3}` };
    const principal = testPrincipal(`person ${n % 7}`, { attributes });
    return testCall(tenant, { principal, ...(signal === undefined ? {} : { signal }) });
  };
  const rowsOf = async (sql: string, n: number) => (await services.queries.read(sql, callOf(n))).resultSets[0]?.rows;

  /** Tells connections apart: their numbers are used again. */
  const connectionOf = async (n: number) =>
    (await rowsOf('SELECT login_time FROM sys.dm_exec_sessions WHERE session_id = @@SPID', n))?.[0]?.[0];

  /** Each call sees its own person and attributes, and nothing of another. */
  const callsByDifferentPeople = async () => {
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    for (let n = 0; n < CALLS; n++) {
      expected.push([[`person ${n % 7}`, n % 3 === 0 ? null : `r${n % 3}`]]);
      seen.push(await rowsOf(WHO, n).catch((error: unknown) => error));
    }
    expect(seen).toEqual(expected);
  };

  describe.each([
    ['SQL Server', SQL_SERVER],
    ['an engine whose reset keeps the session context, and where an error ends all further work', BABELFISH],
  ])('of %s', (_engine, faults) => {
    describe.each([
      ['a login that can only read', {}],
      ['a login that can write', { readOnly: false }],
    ])('with %s', (_login, settings) => {
      it('after a change of person', async () => {
        await open(faults, settings);
        await Promise.all([callsByDifferentPeople(), callsByDifferentPeople()]);
      });

      it("after a statement's error", async () => {
        await open(faults, settings);
        for (const sql of [
          'SELECT 1/0 AS x',
          'SELECT * FROM dbo.Missing',
          "SELECT CAST(N'x' AS int)",
          'SELECT * FROM',
        ]) {
          await expect(rowsOf(sql, 1)).rejects.toMatchObject({ code: 'SQL_ERROR' });
          await expect(rowsOf(sql, 1)).rejects.toMatchObject({ code: 'SQL_ERROR' });
        }
        await callsByDifferentPeople();
      });

      it('after a cut result', async () => {
        await open(faults, settings);
        const cut = await services.queries.read(MILLION_ROWS, callOf(1), { maxRows: 10 });
        expect(cut.resultSets[0]).toMatchObject({ truncatedBy: 'rows' });
        await callsByDifferentPeople();
      });

      it('after a call that was cancelled', async () => {
        await open(faults, settings);
        const abort = new AbortController();
        const first = new Promise<void>(resolve => {
          const consumer = { columns: () => {}, row: () => (resolve(), 1) };
          services.queries.stream(MILLION_ROWS, callOf(1, abort.signal), consumer).catch(() => {});
        });
        await first;
        abort.abort();
        await callsByDifferentPeople();
      });
    });

    it('after changes', async () => {
      await open(faults, { readOnly: false });
      for (let n = 0; n < 10; n++) {
        const write = services.queries.write('UPDATE dbo.T SET v = v + 1 WHERE id = 1', callOf(n));
        await expect(write).resolves.toMatchObject({ committed: true, affectedRows: [1] });
        await expect(services.queries.write('INSERT INTO dbo.T VALUES (1, 1)', callOf(n))).rejects.toMatchObject({
          code: 'SQL_ERROR',
        });
      }
      expect(await rowsOf('SELECT v FROM dbo.T WHERE id = 1', 1)).toEqual([[11]]);
      await callsByDifferentPeople();
    });
  });

  describe('where a reset keeps the session context', () => {
    it('gives a person the same connection again, and another person a new one', async () => {
      await open(BABELFISH, {}, { poolMax: 1 });
      const used = [];
      for (const n of [1, 1, 1, 2, 2]) used.push(await connectionOf(n));
      const [first, , , second] = used;
      expect(used).toEqual([first, first, first, second, second]);
      expect(second).not.toEqual(first);
    });

    it('shares connections, and refuses people with attributes, when the tenant sends no session context', async () => {
      await open(BABELFISH, { sessionContext: false }, { poolMax: 1 });
      const used = new Set<unknown>();
      for (const n of [0, 3, 6, 9, 12]) used.add(await connectionOf(n));
      expect(used.size).toBe(1);
      expect(await rowsOf(WHO, 0)).toEqual([[null, null]]);
      await expect(rowsOf(WHO, 1)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('no session context'),
        hint: expect.stringContaining('session_context: false'),
      });
    });

    it('says so in the status of the database', async () => {
      await open(BABELFISH);
      await rowsOf(WHO, 1);
      const status = await services.status.check(tenant, 10_000);
      expect(status).toMatchObject({ missing: ['reset of SESSION_CONTEXT'], sessionContext: 'connection_per_user' });
    });
  });

  describe('when one of our own statements fails', () => {
    it.each<[string, Partial<TenantConfig>, string]>([
      ['the session context', {}, 'sp_set_session_context'],
      ['the settings', {}, 'SET DATEFIRST'],
      ['the transaction around a read', { readOnly: false }, 'BEGIN TRANSACTION'],
    ])('reads on a fresh connection, and closes the failed one: %s', async (_what, settings, text) => {
      await open([], settings, { poolMax: 1 });
      const first = await connectionOf(1);
      await raise(text, 1);
      expect(await connectionOf(2)).not.toBe(first);
      await callsByDifferentPeople();
    });

    it('gives up after the second failure', async () => {
      await open([]);
      await rowsOf('SELECT 1', 1);
      await raise('sp_set_session_context', 2);
      await expect(rowsOf('SELECT 1', 2)).rejects.toMatchObject({ code: 'SQL_ERROR', details: { number: 33557097 } });
      await callsByDifferentPeople();
    });

    it('runs a statement that fails by itself only once', async () => {
      await open([]);
      await rowsOf('SELECT 1', 1);
      await raise('FROM dbo.T', 1);
      await expect(rowsOf('SELECT COUNT(*) FROM dbo.T', 2)).rejects.toMatchObject({ details: { number: 33557097 } });
    });

    it('never tries a write again', async () => {
      await open([], { readOnly: false });
      await rowsOf('SELECT 1', 1);
      for (const text of ['BEGIN TRANSACTION', 'sp_set_session_context']) {
        await raise(text, 1);
        const write = services.queries.write('UPDATE dbo.T SET v = 99', callOf(1));
        await expect(write).rejects.toMatchObject({ details: { number: 33557097 } });
      }
      expect(await rowsOf('SELECT MAX(v) FROM dbo.T', 1)).toEqual([[3]]);
      await callsByDifferentPeople();
    });

    it('reads the catalogue on a fresh connection', async () => {
      await open([]);
      await services.catalog.tables(tenant);
      await raise('SET DATEFIRST', 1);
      expect(await services.catalog.tables(tenant)).toHaveLength(1);
    });
  });

  it('closes the connection of a cancelled statement that the server does not end, and counts it', async () => {
    await open(["ignore_cancel @text = N'BIG(*)', @times = 0"], {}, { poolMax: 1, queryTimeoutMs: 200 });
    await expect(rowsOf(ENDLESS, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(ignoredCancels).toEqual([]);
    // The only connection is free again when the ignored one was closed.
    expect(await rowsOf('SELECT 1', 2)).toEqual([[1]]);
    expect(ignoredCancels).toEqual(['demo']);
  });

  it('does not count a cancel that the server confirms', async () => {
    await open([], {}, { poolMax: 1, queryTimeoutMs: 200 });
    await expect(rowsOf(ENDLESS, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await rowsOf('SELECT 1', 2)).toEqual([[1]]);
    expect(ignoredCancels).toEqual([]);
  });
});

function connectAdmin(port: number): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    ...{ server: '127.0.0.1', port, user: 'admin', password: 'Password!1', database: 'SandboxDb' },
    options: { encrypt: false, trustServerCertificate: true },
    pool: { max: 1 },
  }).connect();
}
