import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallContext } from '../../src/database/call-context.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, type TestDatabase, testCall, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { LockedTable } from '../support/locked-table.js';
import { until } from '../support/until.js';

const HELD = 'SELECT id FROM dbo.Held ORDER BY id';
const INSERT = 'INSERT INTO dbo.Log (id) SELECT id FROM dbo.Held';
const ROWS = [[1], [2], [3]];

describe('statements that run for long', () => {
  let database: TestDatabase;
  let held: LockedTable;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    held = await LockedTable.open(database);
    await database.execute('CREATE TABLE dbo.Log (id int NOT NULL)');
  });
  beforeEach(async () => {
    services = databaseServices();
    // Two connections, and so one place for long statements.
    const limits = { poolMax: 2, longQueries: 600, lockTimeout: 0, poolWaitMs: 60_000, queryTimeoutMs: 2_000 };
    tenant = testTenant(database.config, { readOnly: false }, limits);
    await held.lock();
  });
  afterEach(async () => {
    await held.release();
    await services.close();
  });
  afterAll(async () => {
    await held.close();
    await database.close();
  });

  const of = (subject: string, more: Partial<CallContext> = {}): CallContext =>
    testCall(tenant, { principal: testPrincipal(subject), patience: { limitMs: 600_000 }, ...more });
  const read = async (subject: string, sql = HELD) =>
    (await services.queries.read(sql, of(subject))).resultSets[0]?.rows;
  const places = () => services.sessions.placesForLong(tenant);
  const placeTaken = () => until('the place is taken', () => places().used === 1);

  it('hold half of the connections; a read without a place gives its connection back until there is one', async () => {
    const first = read('ann');
    await placeTaken();
    const second = read('bob');
    await until('it waits for a place', () => places().queued === 1);
    // The second connection is free again, although neither of the two can end.
    expect(await read('carl', 'SELECT 1 AS one')).toEqual([[1]]);
    await until('it is given back', () => services.sessions.usage(tenant).used === 1);
    await held.release();
    expect([await first, await second]).toEqual([ROWS, ROWS]);
    await until('all is given back', () => services.sessions.usage(tenant).used === 0);
    expect([places().used, places().queued]).toEqual([0, 0]);
  });

  it('are cancelled while they wait for a place', async () => {
    const first = read('ann');
    await placeTaken();
    const cancelled = new AbortController();
    const second = services.queries.read(HELD, of('bob', { signal: cancelled.signal }));
    await until('it waits for a place', () => places().queued === 1);
    cancelled.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    await held.release();
    expect(await first).toEqual(ROWS);
  });

  it('never begin a change again: it has QUERY_TIMEOUT_MS to get a place, and is rolled back', async () => {
    const first = read('ann');
    await placeTaken();
    await expect(services.queries.write(INSERT, of('bob'))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('Too many long statements'),
    });
    await held.release();
    await first;
    expect(await read('bob', 'SELECT COUNT(*) AS n FROM dbo.Log')).toEqual([[0]]);
  });

  it('keep a change that gets its place while it runs', async () => {
    const cancelled = new AbortController();
    const first = services.queries.read(HELD, of('ann', { signal: cancelled.signal }));
    await placeTaken();
    const change = services.queries.write(INSERT, of('bob'));
    await until('it waits for a place', () => places().queued === 1);
    cancelled.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await until('the change has the place', () => places().used === 1 && places().queued === 0);
    await held.release();
    expect(await change).toMatchObject({ committed: true, affectedRows: [3] });
    await services.queries.write('DELETE FROM dbo.Log', of('bob'));
  });

  it('end at their own limit, and the error names the setting', async () => {
    await expect(services.queries.read(HELD, of('ann', { patience: { limitMs: 1_500 } }))).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('1500 ms'),
      hint: expect.stringContaining('LONG_QUERIES'),
    });
    expect(places().used).toBe(0);
  });
});
