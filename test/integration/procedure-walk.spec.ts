import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { knowledgeFile } from '../support/knowledge/knowledge-file.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

// Nobody can read the text of an encrypted function, so each way that leads to one has to be found. What an assembly
// defines, and external tables, can only be made in a SQL Server, and no spec makes them.

const SCRIPT = `
CREATE SCHEMA rules
GO
CREATE TABLE dbo.Plain (id int NOT NULL, n int NOT NULL)
GO
INSERT dbo.Plain (id, n) VALUES (1, 5), (2, 6)
GO
CREATE FUNCTION dbo.Inner_Fn (@n int) RETURNS int AS BEGIN RETURN @n * 2 END
GO
CREATE FUNCTION dbo.Open_Fn (@n int) RETURNS int AS BEGIN RETURN dbo.Inner_Fn(@n) END
GO
CREATE FUNCTION dbo.Hidden_Fn (@n int) RETURNS int WITH ENCRYPTION AS BEGIN RETURN @n END
GO
CREATE FUNCTION dbo.[value] (@n int) RETURNS int WITH ENCRYPTION AS BEGIN RETURN @n END
GO
CREATE TABLE dbo.Computes (n int NOT NULL, twice AS dbo.Open_Fn(n))
GO
INSERT dbo.Computes (n) VALUES (4)
GO
CREATE TABLE dbo.Hides (n int NOT NULL, x AS dbo.Hidden_Fn(n))
GO
CREATE FUNCTION rules.All_Rows (@n int) RETURNS TABLE WITH SCHEMABINDING AS RETURN (SELECT 1 AS ok WHERE @n > 0)
GO
CREATE FUNCTION rules.Hidden_Rows (@n int) RETURNS TABLE WITH SCHEMABINDING, ENCRYPTION AS RETURN (SELECT 1 AS ok WHERE @n > 0)
GO
CREATE TABLE dbo.Filtered (n int NOT NULL)
GO
INSERT dbo.Filtered (n) VALUES (1), (0)
GO
CREATE SECURITY POLICY rules.Filtered_Policy ADD FILTER PREDICATE rules.All_Rows(n) ON dbo.Filtered WITH (STATE = ON)
GO
CREATE TABLE dbo.Filtered_Unseen (n int NOT NULL)
GO
CREATE SECURITY POLICY rules.Unseen_Policy ADD FILTER PREDICATE rules.Hidden_Rows(n) ON dbo.Filtered_Unseen WITH (STATE = OFF)
GO
CREATE VIEW dbo.Hides_View AS SELECT n FROM dbo.Hides
GO
CREATE SYNONYM dbo.Hides_Too FOR dbo.Hides_View
GO
CREATE PROCEDURE dbo.Of_Plain AS SELECT n FROM dbo.Plain ORDER BY id
GO
CREATE PROCEDURE dbo.Of_Computes AS SELECT twice FROM dbo.Computes
GO
CREATE PROCEDURE dbo.Of_Hides AS SELECT n FROM dbo.Hides
GO
CREATE PROCEDURE dbo.Of_View AS SELECT n FROM dbo.Hides_Too
GO
CREATE PROCEDURE dbo.Of_Filtered AS SELECT n FROM dbo.Filtered
GO
CREATE PROCEDURE dbo.Of_Unseen AS SELECT n FROM dbo.Filtered_Unseen
GO
CREATE PROCEDURE dbo.Like_Method AS SELECT dbo.value(1) AS a
GO
CREATE PROCEDURE dbo.Elsewhere @n int = NULL AS IF @n IS NULL SELECT 1 AS a ELSE SELECT t.doc.value('.', 'int') AS a FROM (SELECT CAST('<a>1</a>' AS xml) AS doc) AS t
GO
CREATE PROCEDURE dbo.In_Master AS SELECT a.value(1) AS a, master.dbo.query(1) AS b FROM dbo.Plain
GO
CREATE PROCEDURE dbo.sp_shared AS SELECT 1 AS a
GO
CREATE PROCEDURE dbo.Calls_Shared AS EXEC dbo.sp_shared
GO
CREATE PROCEDURE dbo.Of_Shared_Table AS SELECT * FROM sp_shared_table
GO
CREATE PROCEDURE dbo.sp_own AS SELECT 2 AS a
GO
CREATE PROCEDURE dbo.Self @n int = 3 AS IF @n > 0 BEGIN SET @n = @n - 1; EXEC dbo.Self @n END ELSE SELECT @n AS n
`;
const DEEP = Array.from(
  { length: 102 },
  (_, i) => `CREATE PROCEDURE dbo.Step${i} AS ${i === 101 ? 'SELECT 1 AS a' : `EXEC dbo.Step${i + 1}`}`,
).join('\nGO\n');
const NAMES = [
  ...['Of_Plain', 'Of_Computes', 'Of_Hides', 'Of_View', 'Of_Filtered', 'Of_Unseen', 'Like_Method', 'Elsewhere'],
  ...['In_Master', 'sp_shared', 'Calls_Shared', 'Of_Shared_Table', 'sp_own', 'Self', 'Step0', 'Step80'],
];

describe('what a declared procedure leads to', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  const open = async () => {
    const entries = NAMES.map(
      name => `  - { name: ${name.toLowerCase()}, title: ${name}, procedure: dbo.${name}, reads: true }\n`,
    );
    tools = await toolServices(database, {
      settings: { knowledge: knowledgeFile(`procedures:\n${entries.join('')}`).path },
    });
    const known = await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
    return Object.fromEntries(known?.proof?.items.map(({ name, reason }) => [name, reason]) ?? []);
  };
  const names = (principal = testPrincipal()) =>
    tools.registry.forPrincipal(tools.tenant, principal).map(({ name }) => name);

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`${SCRIPT}\nGO\n${DEEP}`);
    await database.execute(`USE master\nGO
CREATE PROCEDURE dbo.sp_shared AS DELETE FROM dbo.Anything
GO
CREATE TABLE dbo.sp_shared_table (a int NOT NULL)
GO
USE [${database.config.database}]`);
  }, 60_000);
  afterEach(() => tools.close());
  afterAll(async () => {
    await database.execute(
      'USE master\nGO\nDROP PROCEDURE dbo.sp_shared\nGO\nDROP TABLE dbo.sp_shared_table\nGO\nDROP DATABASE t',
    );
    await database.close();
  });

  it('includes computed columns, security policies, functions named like methods, and master', async () => {
    const hidden = 'is encrypted, too long, or the login may not read its text.';
    expect(await open()).toEqual({
      of_plain: undefined,
      of_computes: undefined,
      of_hides: `dbo.Hidden_Fn (which dbo.Of_Hides uses) ${hidden}`,
      of_view: `dbo.Hidden_Fn (which dbo.Of_View uses) ${hidden}`,
      of_filtered: undefined,
      of_unseen: `rules.Hidden_Rows (which dbo.Of_Unseen uses) ${hidden}`,
      like_method: `dbo.value (which dbo.Like_Method uses) ${hidden}`,
      elsewhere: undefined,
      in_master: 'dbo.In_Master may call a function of the database master.',
      sp_shared: 'The database master has an object named sp_shared, which may be called instead.',
      calls_shared:
        'dbo.Calls_Shared names dbo.sp_shared, and master has an object of this name, which may be used instead.',
      of_shared_table:
        'dbo.Of_Shared_Table names sp_shared_table, and master has an object of this name, which may be used instead.',
      sp_own: undefined,
      self: undefined,
      step0: 'dbo.Step0 uses more than 100 views, functions and procedures.',
      step80: undefined,
    });
    expect((await tools.call('of_computes')).data.rows).toEqual([[8]]);
    expect((await tools.call('of_filtered')).data.rows).toEqual([[1]]);
    expect((await tools.call('self')).data.rows).toEqual([[0]]);
    expect((await tools.call('elsewhere')).data.rows).toEqual([[1]]);
    expect((await tools.call('step80')).data.rows).toEqual([[1]]);
  });

  it('hides a procedure from nobody because of the function of a security policy', async () => {
    await open();
    const limited = testPrincipal('lou', { access: { tables: ['dbo.Filtered', 'dbo.Of_Filtered', 'dbo.Of_Plain'] } });
    expect(names(limited)).toContain('of_filtered');
    expect(names(limited)).not.toContain('of_plain');
  });

  it.each([
    ['a computed column is added', 'of_plain', 'ALTER TABLE dbo.Plain ADD x AS dbo.Hidden_Fn(n)'],
    [
      'a function behind a computed column changes',
      'of_computes',
      'ALTER FUNCTION dbo.Inner_Fn (@n int) RETURNS int AS BEGIN RETURN @n END',
    ],
    [
      'a security policy gets another function',
      'of_filtered',
      'ALTER SECURITY POLICY rules.Filtered_Policy ALTER FILTER PREDICATE rules.Hidden_Rows(n) ON dbo.Filtered',
    ],
    ['a database gets the name that an alias has', 'elsewhere', 'CREATE DATABASE t'],
  ])('counts as changed when %s', async (_what, name, change) => {
    await open();
    expect((await tools.call(name)).data.return_value).toBe(0);
    await database.execute(change);
    await expect(tools.call(name)).rejects.toMatchObject({ code: 'UNKNOWN_DEFINITION' });
  });

  it('cannot be known by a login that does not see security policies', async () => {
    const login = { user: 'half_blind', password: 'Aa1!half-blind-reader' };
    await database.execute(`CREATE LOGIN half_blind WITH PASSWORD = '${login.password}'
GO
CREATE USER half_blind FOR LOGIN half_blind
GO
GRANT VIEW DEFINITION ON OBJECT::dbo.sp_own TO half_blind
GO
GRANT EXECUTE ON dbo.sp_own TO half_blind
GO
CREATE PROCEDURE dbo.Reads_Rates AS SELECT COUNT(*) AS n FROM dbo.Rates
GO
CREATE TABLE dbo.Rates (n int NOT NULL)
GO
GRANT EXECUTE ON dbo.Reads_Rates TO half_blind
GO
GRANT VIEW DEFINITION ON OBJECT::dbo.Reads_Rates TO half_blind
GO
GRANT VIEW DEFINITION ON OBJECT::dbo.Rates TO half_blind`);
    const config = Object.assign(
      Object.create(Object.getPrototypeOf(database.config) as object),
      database.config,
      login,
    ) as TestDatabase['config'];
    const knowledge = knowledgeFile(`procedures:
  - { name: reads_rates, title: Rates, procedure: dbo.Reads_Rates, reads: true }
  - { name: sp_own, title: Own, procedure: dbo.sp_own, reads: true }`).path;
    tools = await toolServices({ ...database, config }, { settings: { knowledge } });
    const known = await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
    expect(known?.proof?.items.map(({ reason }) => reason)).toEqual([
      'dbo.Rates (which dbo.Reads_Rates uses) may have a security policy that the login cannot see: it needs VIEW DEFINITION on the database.',
      undefined,
    ]);
  });
});
