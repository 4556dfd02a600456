import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { ENDLESS, ENDLESS_ROWS, MILLION_ROWS } from '../support/numbers.js';

describe('sessions', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  /** The tenant has one connection, so that the next call uses the same one. */
  let single: Tenant;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute('CREATE TABLE dbo.Things (id int NOT NULL PRIMARY KEY, v int NOT NULL)');
    await database.execute('INSERT INTO dbo.Things (id, v) VALUES (1, 1), (2, 2)');
    services = databaseServices();
    single = testTenant(
      database.config,
      { name: 'single', readOnly: false },
      { poolMax: 1, queryTimeoutMs: 20_000, maxCellBytes: 32_000 },
    );
    tenant = testTenant(
      database.config,
      { name: 'several' },
      { poolMax: 4, poolWaitMs: 2_000, queryTimeoutMs: 60_000 },
    );
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const one = async (sql: string, call = testCall(single)) =>
    (await services.queries.read(sql, call)).resultSets[0]?.rows[0]?.[0];

  /** Cancels a statement that runs: its first row has arrived, and it has ten thousand million. */
  const cancelledRead = (of: Tenant): Promise<unknown> => {
    const abort = new AbortController();
    const consumer = { columns: () => {}, row: () => (abort.abort(), 1) };
    return services.queries.stream(ENDLESS_ROWS, testCall(of, { signal: abort.signal }), consumer);
  };

  it('resets a connection before another call uses it', async () => {
    const left = await services.queries.write('CREATE TABLE #left (a int)', testCall(single));
    expect(left.committed).toBe(true);
    await expect(one('SELECT a FROM #left')).rejects.toMatchObject({ details: { number: 208 } });
    expect(await one('SELECT @@TRANCOUNT')).toBeLessThanOrEqual(1);
  });

  it.each([1, 2, 3, 4, 5])('reads long texts completely and has our settings, at use %i of a connection', async () => {
    expect(await one("SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 10000)")).toHaveLength(10_000);
    // QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, XACT_ABORT
    const wanted = 256 + 32 + 16 + 8 + 64 + 4096 + 16384;
    expect(Number(await one('SELECT @@OPTIONS')) & wanted).toBe(wanted);
    expect(await one('SELECT "a" FROM (SELECT 7 AS a) AS x')).toBe(7);
  });

  it('keeps two users of one connection apart', async () => {
    const sql = "SELECT CAST(SESSION_CONTEXT(N'user_id') AS nvarchar(100))";
    for (const name of ['ann', 'ann', 'ann', 'ann', 'bob', 'ann', 'bob', 'bob', 'bob', 'bob', 'ann']) {
      expect(await one(sql, testCall(single, { principal: testPrincipal(name) }))).toBe(name);
    }
    // The same user with other attributes is another owner of the session.
    const region = "SELECT CAST(SESSION_CONTEXT(N'region') AS nvarchar(100))";
    for (const value of ['north', 'north', 'north', 'south']) {
      const principal = testPrincipal('ann', { attributes: { region: value } });
      expect(await one(region, testCall(single, { principal }))).toBe(value);
    }
    expect(await one(region, testCall(single, { principal: testPrincipal('ann') }))).toBeNull();
  });

  it('sets a session context that the caller cannot change', async () => {
    const sql =
      "SELECT CONCAT(SESSION_CONTEXT(N'user_id'), '/', SESSION_CONTEXT(N'client_id'), '/', SESSION_CONTEXT(N'region'))";
    const ann = testCall(single, { principal: testPrincipal('ann', { attributes: { region: 'north' } }) });
    expect(await one(sql, ann)).toBe('ann/test-client/north');
    expect(await one(sql, testCall(single, { principal: testPrincipal('bob') }))).toBe('bob/test-client/');
    await expect(
      services.queries.write("EXEC sys.sp_set_session_context N'user_id', N'eve'", testCall(single)),
    ).rejects.toMatchObject({ code: 'STATEMENT_REFUSED' });
  });

  it('sets the attributes of all groups, or refuses the call', async () => {
    const of = (n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`key${i + 1}`, `value ${i + 1}`]));
    const call = (n: number) => testCall(single, { principal: testPrincipal('ann', { attributes: of(n) }) });
    expect(await one("SELECT CAST(SESSION_CONTEXT(N'key60') AS nvarchar(100))", call(60))).toBe('value 60');
    await expect(one('SELECT 1', call(101))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('holds no locks after an error, a cancel or a timeout', async () => {
    const hasty = testTenant(database.config, { name: 'hasty' }, { queryTimeoutMs: 300 });
    await expect(one('SELECT * FROM dbo.Missing')).rejects.toMatchObject({ details: { number: 208 } });
    await expect(one("SELECT CAST(N'x' AS int)")).rejects.toMatchObject({ details: { number: 245 } });
    await expect(one('SELECT * FROM')).rejects.toMatchObject({ code: 'SQL_ERROR' });
    await expect(services.queries.read(ENDLESS, testCall(hasty))).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(cancelledRead(tenant)).rejects.toMatchObject({ code: 'CANCELLED' });
    await database.execute('UPDATE dbo.Things SET v = v + 1');
  });

  it('rolls back an abandoned write at once', async () => {
    const abort = new AbortController();
    const writing = services.queries.write(
      `UPDATE dbo.Things SET v = 99; ${ENDLESS_ROWS};`,
      testCall(single, { signal: abort.signal }),
      // The first row arrives when the rows of the table are locked.
      { measureRow: () => (abort.abort(), 1) },
    );
    await expect(writing).rejects.toMatchObject({ code: 'CANCELLED' });
    await database.execute('UPDATE dbo.Things SET v = 5 WHERE id = 1');
    expect(await one('SELECT MAX(v) FROM dbo.Things')).toBeLessThan(99);
  });

  it('cancels the statement in the server', async () => {
    const ignored: string[] = [];
    services.events.listen({
      connectionFailed: () => {},
      writableLogin: () => {},
      cancelIgnored: name => void ignored.push(name),
    });
    await expect(cancelledRead(single)).rejects.toMatchObject({ code: 'CANCELLED' });
    // The only connection of this tenant is free again only when the server has stopped, or when it was closed because
    // the server had not stopped in time.
    expect(await one('SELECT 7')).toBe(7);
    expect(ignored).toEqual([]);
  });

  it('stops reading a million rows at the row limit', async () => {
    const before = process.memoryUsage().heapUsed;
    const result = await services.queries.read(MILLION_ROWS, testCall(single), { maxRows: 1000, maxBytes: 1e9 });
    expect(result.resultSets[0]).toMatchObject({ truncatedBy: 'rows' });
    expect(result.resultSets[0]?.rows).toHaveLength(1000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
    expect(await one('SELECT 8')).toBe(8);
  });

  it('streams rows with back-pressure and constant memory', async () => {
    const many = testTenant(
      database.config,
      { name: 'many' },
      { maxRows: 200_000, maxResultBytes: 1e9, queryTimeoutMs: 60_000 },
    );
    let rows = 0;
    let waiting = 0;
    const summary = await services.queries.stream(MILLION_ROWS, testCall(many), {
      columns: () => {},
      row: () => {
        rows++;
        if (rows % 1000 !== 0) return 5;
        waiting++;
        return new Promise(resolve => setImmediate(() => resolve(5)));
      },
    });
    expect([rows, summary.rows, summary.truncatedBy, waiting]).toEqual([200_000, 200_000, 'rows', 200]);
  });

  it('limits one caller to half of the connections, and serves the others', async () => {
    const abort = new AbortController();
    const greedy = Array.from({ length: 6 }, () =>
      services.queries.read(ENDLESS, testCall(tenant, { signal: abort.signal })).catch((error: unknown) => error),
    );
    const other = testCall(tenant, { principal: testPrincipal('bob') });
    expect(await one('SELECT 3', other)).toBe(3);
    const refused = await Promise.race(greedy);
    expect(refused).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    abort.abort();
    await Promise.all(greedy);
  });

  it('reports each statement to its call', async () => {
    const reports: unknown[] = [];
    const call = testCall(single, { report: report => void reports.push(report) });
    await services.queries.read('SELECT 1 AS a', call);
    expect(reports).toEqual([expect.objectContaining({ kind: 'read', verdict: 'allowed', rows: 1 })]);
  });
});
