import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { parseObjectName } from '../../src/database/object-name.js';

const SCHEMA = `
CREATE SCHEMA catalog_one
GO
CREATE SCHEMA catalog_two
GO
CREATE TABLE catalog_one.Parents (
  a int NOT NULL, b nvarchar(20) NOT NULL, CONSTRAINT PK_Parents PRIMARY KEY (a, b)
)
GO
CREATE TABLE catalog_one.Children (
  id int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Children PRIMARY KEY,
  pa int NULL, pb nvarchar(20) NULL,
  price decimal(10,2) NOT NULL CONSTRAINT DF_price DEFAULT (0) CONSTRAINT CK_price CHECK (price >= 0),
  doubled AS (price * 2),
  stamped datetime2(3) NULL,
  code varchar(8) NULL CONSTRAINT UQ_code UNIQUE,
  CONSTRAINT FK_Parents FOREIGN KEY (pa, pb) REFERENCES catalog_one.Parents (a, b)
)
GO
CREATE TABLE catalog_two.Parents (x int)
GO
CREATE TABLE catalog_two.[odd ]]name] (x int)
GO
CREATE VIEW catalog_one.ChildView AS SELECT id FROM catalog_one.Children
GO
INSERT INTO catalog_one.Parents (a, b) VALUES (1, N'x'), (2, N'y')
`;

describe('the catalogue', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

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

  it('lists tables with their row counts, and views only on request', async () => {
    const tables = await services.catalog.tables(tenant, { schema: 'CATALOG_ONE' });
    expect(tables.map(t => [t.name, t.type, t.row_count])).toEqual([
      ['Children', 'table', 0],
      ['Parents', 'table', 2],
    ]);
    const all = await services.catalog.tables(tenant, { schema: 'catalog_one', includeViews: true });
    expect(all.find(t => t.type === 'view')).toMatchObject({ name: 'ChildView' });
  });

  it('leaves out tables that the user may not use', async () => {
    const tables = await services.catalog.tables(tenant, {
      access: { schemas: ['Catalog_Two'], tables: ['catalog_one.children'] },
    });
    expect(tables.map(t => `${t.schema}.${t.name}`)).toEqual([
      'catalog_one.Children',
      'catalog_two.odd ]name',
      'catalog_two.Parents',
    ]);
  });

  it('describes columns, keys, indexes and constraints', async () => {
    const table = await services.catalog.table(tenant, { name: 'children' });
    expect(table).toMatchObject({
      table: 'Children',
      schema: 'catalog_one',
      primary_keys: ['id'],
      column_count: 7,
      row_count: 0,
      foreign_keys: [
        { name: 'FK_Parents', column: 'pa', references: { schema: 'catalog_one', table: 'Parents', column: 'a' } },
        { name: 'FK_Parents', column: 'pb', references: { schema: 'catalog_one', table: 'Parents', column: 'b' } },
      ],
      unique_constraints: [{ name: 'UQ_code', columns: ['code'] }],
      check_constraints: [{ name: 'CK_price' }],
    });
    const [id, , pb, price, doubled, stamped, code] = table.columns;
    expect(id).toMatchObject({ name: 'id', type: 'int', nullable: false, identity: true, default: null });
    expect(pb).toMatchObject({ type: 'nvarchar', max_length: 20, nullable: true });
    expect(price).toMatchObject({ type: 'decimal', precision: 10, scale: 2, default: expect.stringContaining('0') });
    expect(doubled?.computed).toMatch(/price/);
    expect(stamped).toMatchObject({ type: 'datetime2', scale: 3 });
    expect(code).toMatchObject({ type: 'varchar', max_length: 8 });
  });

  it('lists the tables that refer to a table', async () => {
    const table = await services.catalog.table(tenant, { schema: 'catalog_one', name: 'Parents' });
    expect(table.primary_keys).toEqual(['a', 'b']);
    expect(table.referenced_by[0]).toEqual({
      name: 'FK_Parents',
      schema: 'catalog_one',
      table: 'Children',
      column: 'pa',
      references_column: 'a',
    });
  });

  it('lists the candidates when two schemas have the name', async () => {
    await expect(services.catalog.table(tenant, { name: 'Parents' })).rejects.toMatchObject({
      code: 'AMBIGUOUS_TABLE',
      details: { candidates: ['catalog_one.Parents', 'catalog_two.Parents'] },
    });
  });

  it('suggests the nearest names when a table does not exist', async () => {
    await expect(services.catalog.table(tenant, { name: 'Childern' })).rejects.toMatchObject({
      code: 'UNKNOWN_TABLE',
      hint: expect.stringContaining('catalog_one.Children'),
    });
  });

  it('finds names that need quotes', async () => {
    const found = await services.catalog.resolve(tenant, parseObjectName('catalog_two.[odd ]]name]'));
    expect(found.name).toBe('odd ]name');
  });

  it('notices at once that a table was dropped, created or moved', async () => {
    await database.execute('CREATE TABLE catalog_two.Passing (x int)');
    expect((await services.catalog.table(tenant, { name: 'passing' })).column_count).toBe(1);
    await database.execute('DROP TABLE catalog_two.Passing');
    await expect(services.catalog.table(tenant, { name: 'passing' })).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
    await database.execute('CREATE TABLE catalog_one.Passing (x int, y int)');
    expect((await services.catalog.table(tenant, { name: 'passing' })).column_count).toBe(2);
    await database.execute('CREATE TABLE catalog_two.Passing (x int)');
    await expect(services.catalog.table(tenant, { name: 'passing' })).rejects.toMatchObject({
      code: 'AMBIGUOUS_TABLE',
    });
  });

  it('serves each user in turn, however many requests another one has', async () => {
    const narrow = testTenant(database.config, { name: 'narrow' }, { poolMax: 2, poolWaitMs: 20_000 });
    await services.catalog.tables(narrow);
    let answered = 0;
    const flood = Array.from({ length: 60 }, () =>
      services.catalog.tables(narrow, { subject: 'eve' }).then(() => answered++),
    );
    await services.catalog.tables(narrow, { subject: 'ann' });
    // Two connections serve the two users in turn, so few of the 60 are before the other user's first.
    expect(answered).toBeLessThan(15);
    await Promise.all(flood);
  });
});
