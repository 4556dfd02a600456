import { beforeAll, describe, expect, it } from '@jest/globals';
import { SessionFactory } from '../session/session-factory.ts';
import { TestClient } from '../session/testing/test-session.ts';
import { createCatalog } from './catalog.ts';

describe('modules in the catalog', () => {
  let admin: TestClient;
  let tom: TestClient;

  beforeAll(() => {
    const factory = new SessionFactory({ databaseName: 'Db', saPassword: 'x', catalog: createCatalog() });
    const open = (user: string): TestClient =>
      new TestClient(
        factory.open({ user, host: 'h', application: 'a', database: 'Db', readOnlyIntent: false, odbc: true }),
      );
    admin = open('sa');
    admin.ok('CREATE DATABASE Other; CREATE TABLE Other.dbo.O (id int); CREATE TABLE dbo.A (id int, v int)');
    admin.ok('CREATE FUNCTION dbo.F (@x int) RETURNS int AS BEGIN RETURN @x END');
    admin.ok(
      `CREATE PROCEDURE dbo.P AS BEGIN
        WITH q AS (SELECT id FROM A) SELECT q.id, dbo.F(1) FROM q JOIN #t ON 1 = 1 JOIN Other.dbo.O AS o ON 1 = 1;
        UPDATE dbo.A SET v = COUNT_BIG(*) FROM sys.objects;
      END`,
    );
    admin.ok('CREATE PROCEDURE dbo.Q WITH ENCRYPTION AS EXEC dbo.P');
    admin.ok(
      "CREATE LOGIN tom WITH PASSWORD = 'Secret-2'; CREATE USER tom FOR LOGIN tom; GRANT SELECT ON dbo.A TO tom",
    );
    tom = open('tom');
  });

  it('sys.sql_expression_dependencies has each object that a module names once', () => {
    expect(
      admin.rows(`SELECT OBJECT_NAME(referencing_id), referenced_database_name, referenced_schema_name,
        referenced_entity_name, OBJECT_NAME(referenced_id) FROM sys.sql_expression_dependencies ORDER BY 1, 4, 3`),
    ).toEqual([
      ['P', null, null, 'A', 'A'],
      ['P', null, 'dbo', 'A', 'A'],
      ['P', null, 'dbo', 'F', 'F'],
      ['P', 'Other', 'dbo', 'O', null],
      ['Q', null, 'dbo', 'P', 'P'],
    ]);
    expect(tom.error('SELECT referenced_id FROM sys.sql_expression_dependencies')).toBe(229);
  });

  it('the functions for one entity give the same, to a login that may see its definition', () => {
    const referenced =
      "SELECT DISTINCT referenced_entity_name FROM sys.dm_sql_referenced_entities(N'dbo.P', N'OBJECT')";
    expect(admin.rows(referenced).flat().sort()).toEqual(['A', 'F', 'O']);
    expect(tom.rows(referenced)).toEqual([]);
    const referencing = "SELECT referencing_entity_name FROM sys.dm_sql_referencing_entities(N'dbo.P', N'OBJECT')";
    expect(admin.rows(referencing)).toEqual([['Q']]);
    expect(tom.rows(referencing)).toEqual([]);
  });

  it('hides the text of an encrypted module', () => {
    const facts = "OBJECT_DEFINITION(object_id), definition, OBJECTPROPERTY(object_id, 'IsEncrypted')";
    expect(admin.rows(`SELECT ${facts} FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.Q')`)).toEqual([
      [null, null, '1'],
    ]);
    expect(admin.error("EXEC sp_helptext 'dbo.Q'")).toBe(15471);
  });

  it('runs a text in the database that stands before sp_executesql', () => {
    expect(
      admin.rows("EXEC Other.sys.sp_executesql N'SELECT DB_NAME(), name, @x FROM sys.tables', N'@x int', 7"),
    ).toEqual([['Other', 'O', '7']]);
    expect(admin.rows('SELECT DB_NAME()')).toEqual([['Db']]);
    expect(admin.error("EXEC Nope.sys.sp_executesql N'SELECT 1'")).toBe(911);
    expect(tom.error("EXEC Other.sys.sp_executesql N'SELECT 1'")).toBe(916);
    expect(tom.rows('SELECT DB_NAME()')).toEqual([['Db']]);
  });
});
