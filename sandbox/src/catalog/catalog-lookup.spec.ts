import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CatalogSession } from '../session/catalog-provider.ts';
import { SessionFactory } from '../session/session-factory.ts';
import { TestClient } from '../session/testing/test-session.ts';
import { catalogLookup } from './catalog-lookup.ts';
import { createCatalog } from './catalog.ts';
import { SYSTEM_VIEWS } from './system-views.ts';

const DEFINITIONS = `
CREATE TABLE dbo.Parent (id int NOT NULL PRIMARY KEY, code varchar(9) NULL UNIQUE, n int NOT NULL DEFAULT 1 CHECK (n > 0));
CREATE TABLE dbo.Child (a int NOT NULL, b AS a + 1, p int NULL CONSTRAINT FK_Child REFERENCES dbo.Parent (id), INDEX ix (p) INCLUDE (a));
CREATE SEQUENCE dbo.Numbers AS int START WITH 1;
EXEC sp_addextendedproperty 'MS_Description', 'the parent', 'SCHEMA', 'dbo', 'TABLE', 'Parent';
EXEC sp_addextendedproperty 'MS_Description', 'its code', 'SCHEMA', 'dbo', 'TABLE', 'Parent', 'COLUMN', 'code';
EXEC sp_addextendedproperty 'MS_Description', 'the key', 'SCHEMA', 'dbo', 'TABLE', 'Child', 'CONSTRAINT', 'FK_Child';
EXEC ('CREATE VIEW dbo.Both AS SELECT p.id, c.a FROM dbo.Parent p JOIN dbo.Child c ON c.p = p.id');
EXEC ('CREATE PROCEDURE dbo.Routine @x int = 1, @y varchar(9) OUTPUT AS SELECT @x');`;

const IDS = ['object_id', 'parent_object_id', 'referenced_object_id', 'constraint_object_id', 'major_id'];
const cases = SYSTEM_VIEWS.flatMap(view =>
  view.columns.flatMap(({ name }) => (IDS.includes(name) ? [[`${view.schema}.${view.name}`, name] as const] : [])),
);

describe('a catalog view, looked up by an id', () => {
  let client: TestClient;
  let session: CatalogSession;

  beforeAll(() => {
    const factory = new SessionFactory({ databaseName: 'Db', saPassword: 'x', catalog: createCatalog() });
    client = new TestClient(
      factory.open({ user: 'sa', host: 'h', application: 'a', database: 'Db', readOnlyIntent: false, odbc: true }),
    );
    client.ok(DEFINITIONS);
    session = client.session.catalogSession(client.session.database);
  });

  it.each(cases)('%s gives the same rows by %s as when all are read', (view, column) => {
    const ids = client.rows(`SELECT DISTINCT ${column} FROM ${view} WHERE ${column} IS NOT NULL`).flat().slice(0, 60);
    for (const id of [...ids, '-1']) {
      const found = client.rows(`SELECT * FROM ${view} WHERE ${column} = ${id}`);
      expect(found).toEqual(client.rows(`SELECT * FROM ${view} WHERE ${column} + 0 = ${id}`));
    }
    const joined = `FROM ${view} AS v JOIN sys.all_objects AS o ON o.object_id`;
    expect(client.rows(`SELECT COUNT(*) ${joined} = v.${column}`)).toEqual(
      client.rows(`SELECT COUNT(*) ${joined} + 0 = v.${column} + 0`),
    );
  });

  it.each(['sys.objects', 'sys.all_objects', 'sys.tables', 'sys.views'])('%s gives the same rows by type', view => {
    for (const types of ["'U'", "'v '", "'PK'", "'U', 'V', 'F'", "'no'", 'NULL']) {
      const found = client.rows(`SELECT * FROM ${view} WHERE type IN (${types})`);
      expect(found).toEqual(
        expect.arrayContaining(client.rows(`SELECT * FROM ${view} WHERE RTRIM(type) IN (${types})`)),
      );
      expect([[String(found.length)]]).toEqual(
        client.rows(`SELECT COUNT(*) FROM ${view} WHERE RTRIM(type) IN (${types})`),
      );
    }
  });

  it('makes no rows for other objects', () => {
    const closed = Object.create(session, {
      objects: {
        get: () => {
          throw new Error('reads all objects');
        },
      },
    }) as CatalogSession;
    const parent = Number(client.rows("SELECT OBJECT_ID('dbo.Parent')")[0]![0]);
    for (const name of ['columns', 'indexes', 'index_columns', 'partitions', 'objects', 'tables']) {
      const view = SYSTEM_VIEWS.find(candidate => candidate.schema === 'sys' && candidate.name === name)!;
      const lookup = catalogLookup(view, closed)!;
      expect([...lookup.seek(lookup.indexes[0]!, [parent])]).not.toEqual([]);
    }
  });

  it('follows ALTER TABLE, and its rollback', () => {
    const named = (): (string | null)[][] =>
      client.rows("SELECT name FROM sys.objects WHERE object_id = OBJECT_ID('dbo.CK_New') ORDER BY name");
    expect(named()).toEqual([]);
    client.ok('BEGIN TRAN; ALTER TABLE dbo.Child ADD CONSTRAINT CK_New CHECK (a > 0)');
    expect(named()).toEqual([['CK_New']]);
    client.ok('ROLLBACK');
    expect(named()).toEqual([]);
    client.ok('ALTER TABLE dbo.Child ADD CONSTRAINT CK_New CHECK (a > 0)');
    client.ok('BEGIN TRAN; ALTER TABLE dbo.Child DROP CONSTRAINT CK_New');
    expect(named()).toEqual([]);
    client.ok('ROLLBACK');
    expect(named()).toEqual([['CK_New']]);
    expect(client.error('CREATE TABLE dbo.Other (a int CONSTRAINT ck_new CHECK (a > 0))')).toBe(2714);
    client.ok('ALTER TABLE dbo.Child DROP CONSTRAINT CK_New');
    client.ok('CREATE TABLE dbo.Other (a int CONSTRAINT CK_New CHECK (a > 0))');
    client.ok('BEGIN TRAN; DROP TABLE dbo.Other');
    expect(named()).toEqual([]);
    client.ok('ROLLBACK');
    expect(named()).toEqual([['CK_New']]);
  });

  it('forgets the descriptions of a dropped table with its columns and indexes', () => {
    client.ok(
      "CREATE TABLE dbo.Gone (a int, INDEX ix (a)); EXEC sp_addextendedproperty 'd', 'x', 'SCHEMA', 'dbo', 'TABLE', 'Gone', 'INDEX', 'ix'",
    );
    expect(client.rows("SELECT COUNT(*) FROM sys.extended_properties WHERE name = 'd'")).toEqual([['1']]);
    client.ok('DROP TABLE dbo.Gone');
    expect(client.rows("SELECT COUNT(*) FROM sys.extended_properties WHERE name = 'd'")).toEqual([['0']]);
  });

  it('has the columns of a table type, and the type of a parameter', () => {
    client.ok('CREATE TYPE dbo.Lines AS TABLE (id int NOT NULL PRIMARY KEY, price decimal(19,4) NULL)');
    client.ok('CREATE PROCEDURE dbo.Total @lines dbo.Lines READONLY AS SELECT COUNT(*) AS n FROM @lines');
    expect(
      client.rows(`SELECT c.name, TYPE_NAME(c.user_type_id), c.is_nullable FROM sys.table_types AS t
        JOIN sys.columns AS c ON c.object_id = t.type_table_object_id WHERE t.name = 'Lines' ORDER BY c.column_id`),
    ).toEqual([
      ['id', 'int', '0'],
      ['price', 'decimal', '1'],
    ]);
    expect(
      client.rows(`SELECT p.name, SCHEMA_NAME(t.schema_id), t.name, p.is_readonly FROM sys.parameters AS p
        JOIN sys.table_types AS t ON t.user_type_id = p.user_type_id WHERE p.object_id = OBJECT_ID('dbo.Total')`),
    ).toEqual([['@lines', 'dbo', 'Lines', '1']]);
  });
});
