import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RowConsumer } from '../../src/database/query/stream-sink.js';
import type { StatementReport } from '../../src/database/statement-report.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { MILLION_ROWS, numbers } from '../support/numbers.js';

const DOCUMENT = `SELECT value AS n FROM ${numbers(2_000)} FOR JSON PATH`;

describe('a stream whose consumer fails', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  /** It has one connection, so that the next call needs the same one. */
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    tenant = testTenant(database.config, {}, { poolMax: 1, maxRows: 1_000_000, maxResultBytes: 1e9 });
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const full = Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
  const fail = (): never => {
    throw full;
  };
  const later = () => new Promise<number>((_resolve, reject) => setImmediate(() => reject(full)));
  /** Takes some rows, then answers with `last`. */
  const after = (rows: number, last: () => number | Promise<number>): RowConsumer => {
    let seen = 0;
    return { columns: () => {}, row: () => (seen++ < rows ? 1 : last()) };
  };

  it.each<[string, string, () => RowConsumer]>([
    ['throws at the columns', MILLION_ROWS, () => ({ columns: fail, row: () => 1 })],
    ['throws at the first row', MILLION_ROWS, () => after(0, fail)],
    ['throws at a later row', MILLION_ROWS, () => after(1_234, fail)],
    ['rejects a later row', MILLION_ROWS, () => after(1_234, later)],
    ['throws at the last row', `SELECT value AS n FROM ${numbers(10)}`, () => after(9, fail)],
    ['rejects the last row', `SELECT value AS n FROM ${numbers(10)}`, () => after(9, later)],
    ['throws at a document', DOCUMENT, () => after(0, fail)],
    ['rejects a document', DOCUMENT, () => after(0, later)],
  ])('rejects with its error when it %s, and the connection serves the next call', async (_how, sql, consumer) => {
    const reports: StatementReport[] = [];
    const call = testCall(tenant, { report: report => void reports.push(report) });
    await expect(services.queries.stream(sql, call, consumer())).rejects.toBe(full);
    expect(reports).toEqual([expect.objectContaining({ error: 'INTERNAL', verdict: 'allowed' })]);
    const { resultSets } = await services.queries.read('SELECT 7 AS n', testCall(tenant));
    expect(resultSets[0]?.rows).toEqual([[7]]);
    expect(services.sessions.usage(tenant)).toEqual({ used: 0, waiting: 0 });
  });

  it('waits for a consumer that takes a document slowly', async () => {
    let taken = '';
    const summary = await services.queries.stream(DOCUMENT, testCall(tenant), {
      columns: () => {},
      row: async ([document]) => {
        await new Promise(setImmediate);
        taken = String(document);
        return taken.length;
      },
    });
    expect(JSON.parse(taken)).toHaveLength(2_000);
    expect(summary).toMatchObject({ rows: 1, bytes: taken.length });
  });
});
