import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CatalogRunner } from '../../src/database/connection/catalog-runner.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const TABLES = 5_000;
const BATCH = 250;

describe('a database of 5,000 tables', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    for (let from = 0; from < TABLES; from += BATCH) {
      const tables = Array.from(
        { length: BATCH },
        (_, i) =>
          `CREATE TABLE dbo.Table_${from + i} (id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL, price money NULL);`,
      );
      await database.execute(tables.join('\n'));
    }
    services = databaseServices();
    tenant = testTenant(database.config);
  }, 120_000);
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  // The bench measures how long it takes (docs/performance.md). What must not grow with the number of tables is counted.
  it('describes a table in two round trips, and reads only the rows of that table', async () => {
    await services.catalog.table(tenant, { name: 'Table_1' });
    const read = jest.spyOn(services.runner, 'read');
    try {
      for (let i = 100; i < 120; i++) {
        const table = await services.catalog.table(tenant, { schema: 'dbo', name: `table_${i}` });
        expect(table).toMatchObject({ table: `Table_${i}`, primary_keys: ['id'], column_count: 3 });
      }
      const answers = await Promise.all(
        read.mock.results.map(({ value }) => value as ReturnType<CatalogRunner['read']>),
      );
      expect(answers.length).toBeLessThanOrEqual(2 * 20);
      expect(Math.max(...answers.map(({ sets }) => sets.flat().length))).toBeLessThanOrEqual(20);
    } finally {
      read.mockRestore();
    }
  });

  it('lists all tables', async () => {
    expect(await services.catalog.tables(tenant)).toHaveLength(TABLES);
  });
});
