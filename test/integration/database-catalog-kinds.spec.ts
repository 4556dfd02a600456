import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CatalogFallback } from '../../src/database/catalog/catalog-fallback.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import type { TableSummary } from '../../src/database/catalog/catalog.types.js';
import { type CatalogAnswer, CatalogRunner } from '../../src/database/connection/catalog-runner.js';
import type { CellValue } from '../../src/database/driver/result-set.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { openTestDatabase, type TestDatabase, testTenant } from '../support/database.js';
import type { Tenant } from '../../src/tenancy/tenant.js';

const SCHEMA = `
CREATE SCHEMA kinds
GO
CREATE SCHEMA hidden
GO
CREATE SCHEMA cdc
GO
CREATE SCHEMA bare
GO
CREATE TABLE kinds.Tools (id int NOT NULL CONSTRAINT PK_Tools PRIMARY KEY, label nvarchar(20) NULL)
GO
INSERT INTO kinds.Tools VALUES (1, N'a'), (2, N'b')
GO
CREATE TABLE hidden.Pay (id int NOT NULL, wage money NULL)
GO
CREATE PROCEDURE kinds.Work AS SELECT 1 AS a
GO
CREATE SYNONYM kinds.ToolSynonym FOR kinds.Tools
GO
CREATE SYNONYM kinds.WorkSynonym FOR kinds.Work
GO
CREATE SYNONYM kinds.PaySynonym FOR hidden.Pay
GO
CREATE SYNONYM kinds.ElsewhereSynonym FOR Archive.dbo.Old
GO
CREATE SYNONYM kinds.BrokenSynonym FOR kinds.Nothing
GO
CREATE TABLE cdc.kinds_Tools_CT (__$start_lsn binary(10) NOT NULL, id int NULL)
GO
CREATE TABLE cdc.own_name_CT (__$start_lsn binary(10) NOT NULL, id int NULL)
`;

describe('the kinds of tables', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;
  const synonyms = { schema: 'kinds' };

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    services = databaseServices();
    tenant = testTenant(database.config);
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const named = async (catalog: CatalogService, name: string): Promise<TableSummary | undefined> =>
    (await catalog.tables(tenant)).find(table => table.name === name);

  describe('synonyms', () => {
    it('are listed with their target, but not those of procedures', async () => {
      const listed = await services.catalog.tables(tenant, synonyms);
      expect(listed.filter(({ type }) => type === 'synonym').map(({ name, target }) => [name, target])).toEqual([
        ['BrokenSynonym', '[kinds].[Nothing]'],
        ['ElsewhereSynonym', '[Archive].[dbo].[Old]'],
        ['PaySynonym', 'hidden.Pay'],
        ['ToolSynonym', 'kinds.Tools'],
      ]);
    });

    it('are described by the columns and keys of their target', async () => {
      expect(await services.catalog.table(tenant, { name: 'toolsynonym' })).toMatchObject({
        table: 'ToolSynonym',
        schema: 'kinds',
        type: 'synonym',
        target: 'kinds.Tools',
        columns: [{ name: 'id' }, { name: 'label' }],
        primary_keys: ['id'],
        row_count: 2,
      });
    });

    it.each(['ElsewhereSynonym', 'BrokenSynonym'])('say that their columns are not known: %s', async name => {
      const described = await services.catalog.table(tenant, { schema: 'kinds', name });
      expect(described).toMatchObject({ type: 'synonym', columns: [], column_count: 0 });
      expect(described.message).toMatch(/another database or cannot be seen/);
    });

    it('do not show a target that the user may not use', async () => {
      const access = { schemas: ['kinds'] };
      const listed = await services.catalog.tables(tenant, { ...synonyms, access });
      const targets = Object.fromEntries(listed.map(({ name, target }) => [name, target]));
      expect(targets).toMatchObject({ ToolSynonym: 'kinds.Tools', PaySynonym: undefined });
      expect(JSON.stringify(listed)).not.toMatch(/hidden|Archive/);
      const described = await services.catalog.table(tenant, { name: 'PaySynonym' }, { access });
      expect(described.columns).toEqual([]);
      expect(JSON.stringify(described)).not.toMatch(/hidden|wage/);
    });

    it('are noticed at once when they are created, dropped or changed', async () => {
      await services.catalog.tables(tenant);
      await database.execute('CREATE SYNONYM kinds.Passing FOR kinds.Tools');
      expect(await services.catalog.table(tenant, { name: 'Passing' })).toMatchObject({ target: 'kinds.Tools' });
      await database.execute('DROP SYNONYM kinds.Passing');
      await database.execute('CREATE SYNONYM kinds.Passing FOR hidden.Pay');
      expect(await services.catalog.table(tenant, { name: 'Passing' })).toMatchObject({ target: 'hidden.Pay' });
      await database.execute('DROP SYNONYM kinds.Passing');
      await expect(services.catalog.table(tenant, { name: 'Passing' })).rejects.toMatchObject({
        code: 'UNKNOWN_TABLE',
      });
    });
  });

  describe('tables of change data capture', () => {
    it('name the table whose changes they have, from cdc.change_tables where the login may read it', async () => {
      await database.execute('CREATE TABLE cdc.change_tables (object_id int NOT NULL, source_object_id int NULL)');
      await database.execute(
        "INSERT INTO cdc.change_tables VALUES (OBJECT_ID('cdc.own_name_CT'), OBJECT_ID('kinds.Tools'))",
      );
      const catalog = facts((_text, rows) => rows);
      expect(await named(catalog, 'own_name_CT')).toMatchObject({ type: 'table', copy_of: 'kinds.Tools' });
      expect(await catalog.table(tenant, { schema: 'cdc', name: 'own_name_CT' })).toMatchObject({
        copy_of: 'kinds.Tools',
      });
      await database.execute('DROP TABLE cdc.change_tables');
    });

    it('name it from their own name elsewhere', async () => {
      const catalog = facts((text, rows) =>
        text.includes('is_tracked_by_cdc') ? [['kinds', 'Tools'], ...rows] : rows,
      );
      expect(await named(catalog, 'kinds_Tools_CT')).toMatchObject({ copy_of: 'kinds.Tools' });
      expect(await named(catalog, 'own_name_CT')).not.toHaveProperty('copy_of');
    });
  });

  describe('temporal, external and memory-optimised tables', () => {
    // The sandbox has no such tables. Its rows get the facts that SQL Server's views would have.
    const KINDS_AT = 10;
    const withFacts = (name: string, ...values: CellValue[]) =>
      facts((_text, rows) =>
        rows.map(row => (row[1] === name && row.length > KINDS_AT ? [...row.slice(0, KINDS_AT), ...values] : row)),
      );

    it('name their history table, and the history table its current one', async () => {
      const current = withFacts('Tools', false, false, 'kinds', 'ToolsHistory', null, null);
      expect(await named(current, 'Tools')).toMatchObject({ type: 'table', history_table: 'kinds.ToolsHistory' });
      const history = withFacts('Tools', false, false, null, null, 'kinds', 'Current Tools');
      expect(await history.table(tenant, { name: 'Tools' })).toMatchObject({ history_of: 'kinds.[Current Tools]' });
    });

    it('are external, without a row count', async () => {
      const catalog = withFacts('Tools', false, true, null, null, null, null);
      const listed = await named(catalog, 'Tools');
      expect(listed).toMatchObject({ type: 'external' });
      expect(listed).not.toHaveProperty('row_count');
      expect(await catalog.table(tenant, { name: 'Tools' })).not.toHaveProperty('row_count');
    });

    it('are memory-optimised, and a row count of 0 is then unknown', async () => {
      const catalog = withFacts('Tools', true, false, null, null, null, null);
      expect(await named(catalog, 'Tools')).toMatchObject({ memory_optimised: true, row_count: 2 });
      const empty = withFacts('own_name_CT', true, false, null, null, null, null);
      expect(await named(empty, 'own_name_CT')).not.toHaveProperty('row_count');
      expect(await named(empty, 'kinds_Tools_CT')).toMatchObject({ row_count: 0 });
    });
  });

  it('does not report the unknown row count of a server that has never counted as 0', async () => {
    const unknown = facts((_text, rows) => rows.map(row => (row.length > 9 ? row.with(4, null) : row)));
    expect(await named(unknown, 'Tools')).not.toHaveProperty('row_count');
    const negative = facts((_text, rows) => rows.map(row => (row.length > 9 ? row.with(4, -1) : row)));
    expect(await named(negative, 'Tools')).not.toHaveProperty('row_count');
  });

  it('says that the catalogue was cut', async () => {
    const catalog = new CatalogService(new CatalogFallback(new CuttingRunner(services.sessions)));
    const { tables, truncated } = await catalog.list(tenant);
    expect([tables.length, truncated]).toEqual([3, true]);
    expect((await services.catalog.list(tenant)).truncated).toBe(false);
    // A table beyond the limit can still be described.
    expect((await catalog.table(tenant, { schema: 'kinds', name: 'Tools' })).column_count).toBe(2);
  });

  it('tells an unknown schema from one without tables', async () => {
    expect(await services.catalog.tables(tenant, { schema: 'BARE' })).toEqual([]);
    await expect(services.catalog.tables(tenant, { schema: 'kids' })).rejects.toMatchObject({
      code: 'UNKNOWN_SCHEMA',
      hint: expect.stringMatching(/^Did you mean kinds\? Schemas: .*hidden/),
      details: { nearest: ['kinds'] },
    });
    const access = { schemas: ['kinds', 'bare'] };
    expect(await services.catalog.tables(tenant, { schema: 'bare', access })).toEqual([]);
    // A schema that a user may not use is unknown to that user.
    await expect(services.catalog.tables(tenant, { schema: 'hidden', access })).rejects.toMatchObject({
      code: 'UNKNOWN_SCHEMA',
      details: { schemas: ['kinds'] },
    });
  });

  function facts(change: (text: string, rows: (readonly CellValue[])[]) => (readonly CellValue[])[]): CatalogService {
    return new CatalogService(new CatalogFallback(new ChangingRunner(services.sessions, change)));
  }
});

class ChangingRunner extends CatalogRunner {
  constructor(
    sessions: DatabaseServices['sessions'],
    private readonly change: (text: string, rows: (readonly CellValue[])[]) => (readonly CellValue[])[],
  ) {
    super(sessions);
  }

  override async read(...args: Parameters<CatalogRunner['read']>): Promise<CatalogAnswer> {
    const { sets, cut } = await super.read(...args);
    return { sets: sets.map((rows, i) => (i === 0 ? this.change(args[1], [...rows]) : rows)), cut };
  }
}

class CuttingRunner extends CatalogRunner {
  override read(...[tenant, text, parameters, requester]: Parameters<CatalogRunner['read']>): Promise<CatalogAnswer> {
    return super.read(tenant, text, parameters, requester, text.includes('@') ? undefined : 3);
  }
}
