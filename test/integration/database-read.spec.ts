import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { numbers } from '../support/numbers.js';

describe('reading', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    tenant = testTenant(database.config);
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const read = (sql: string, options = {}) => services.queries.read(sql, testCall(tenant), options);

  it('returns rows with their columns and types', async () => {
    const result = await read("SELECT 1 AS a, CAST(1.50 AS decimal(10,2)) AS b, N'x' AS c, CAST(NULL AS int) AS d");
    expect(result.resultSets).toEqual([
      {
        columns: [
          { name: 'a', type: 'int' },
          { name: 'b', type: expect.stringMatching(/^(decimal|numeric)\(10,2\)$/) },
          { name: 'c', type: 'nvarchar(1)' },
          { name: 'd', type: 'int' },
        ],
        rows: [[1, 1.5, 'x', null]],
      },
    ]);
    expect(result.affectedRows).toEqual([]);
  });

  it('derives parameter types from JSON types', async () => {
    const result = await read('SELECT @a AS a, @b AS b, @c AS c, @d AS d', {
      parameters: { a: 7, '@b': 'text', c: 12345678901, d: 1.25 },
    });
    expect(result.resultSets[0]?.rows).toEqual([[7, 'text', 12345678901, 1.25]]);
  });

  it('reports the number of an error and its line in the caller’s text', async () => {
    await expect(read('\n\nSELECT nothing AS b')).rejects.toMatchObject({
      code: 'SQL_ERROR',
      details: { number: 207, line: 3 },
    });
  });

  it('stops at the row limit and marks the result as truncated', async () => {
    const sql = `SELECT value FROM ${numbers(5)} ORDER BY value`;
    const result = await read(sql, { maxRows: 3 });
    expect(result.resultSets[0]).toMatchObject({ rows: [[1], [2], [3]], truncatedBy: 'rows' });
    expect((await read(sql, { maxRows: 5 })).resultSets[0]?.truncatedBy).toBeUndefined();
  });
});
