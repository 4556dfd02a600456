import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellValue } from '../../src/database/driver/result-set.js';
import type { StatementReport } from '../../src/database/statement-report.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

describe('several statements of one read', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    services = databaseServices();
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const read = async (statements: readonly string[], more: Parameters<typeof testCall>[1] = {}) => {
    const sets: (readonly CellValue[])[][] = [];
    const summary = await services.queries.streamTogether(
      statements,
      testCall(testTenant(database.config), more),
      { columns: () => void sets.push([]), row: row => (sets.at(-1)?.push(row), 0) },
      { parameters: { id: 7 } },
    );
    return { sets, snapshot: summary.snapshot };
  };

  it('are one batch in one transaction, which share parameters and are reported as one', async () => {
    const reports: StatementReport[] = [];
    const { sets, snapshot } = await read(
      [
        'SELECT @id AS a -- a comment',
        'WITH x AS (SELECT @id + 1 AS b) SELECT b FROM x',
        'SELECT @@TRANCOUNT AS open_ones;',
      ],
      { report: report => void reports.push(report) },
    );
    expect(sets).toEqual([[[7]], [[8]], [[1]]]);
    if (database.sandbox) expect(snapshot).toBe(false);
    expect(reports).toMatchObject([{ kind: 'read', verdict: 'allowed', rows: 3, parameterTypes: { id: 'int' } }]);
  });

  it('are judged one by one', async () => {
    await expect(read(['SELECT 1 AS a', 'DELETE FROM sales.Orders'])).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    // Neither can a statement hide in the end of the one before.
    await expect(read(["SELECT '", "DELETE FROM sales.Orders --'"])).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    await expect(read(['SELECT 1 AS a /*', '*/ DELETE FROM sales.Orders'])).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    const principal = testPrincipal('eve', { access: { schemas: ['sales'] } });
    const both = ['SELECT TOP (1) OrderID FROM sales.Orders', 'SELECT TOP (1) EmployeeID FROM dbo.Employees'];
    await expect(read(both, { principal })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await read(both.slice(0, 1), { principal })).sets).toEqual([[[expect.any(Number)]]]);
  });
});
