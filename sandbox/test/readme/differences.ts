import type { Expectation } from '../corpus/corpus-case.ts';

/** A case in which the sandbox differs from SQL Server without an error; `statements` show what the sandbox does. */
export interface Difference {
  readonly server: string;
  readonly sandbox: string;
  readonly statements: readonly string[];
  /** The result of the last statement. */
  readonly expect: Expectation;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    server: 'A batch that names an unknown column of an existing table does not run at all (error 207).',
    sandbox:
      'The sandbox compiles statements one by one: those before the wrong one have run. A syntax error stops the whole batch.',
    statements: [
      'CREATE TABLE dbo.Compiled (a int)',
      'INSERT dbo.Compiled VALUES (1); SELECT nope FROM dbo.Compiled',
      'INSERT dbo.Compiled VALUES (2); SELECT 1 +',
      'SELECT a FROM dbo.Compiled',
    ],
    expect: { rows: [[1]] },
  },
  {
    server: 'CREATE PROCEDURE fails when a table exists but lacks a column that the procedure names.',
    sandbox: 'The sandbox stores the procedure and raises the error when the procedure runs.',
    statements: ['CREATE PROCEDURE dbo.Later AS SELECT nope FROM dbo.Categories'],
    expect: { sets: [] },
  },
  {
    server: 'The server reports every unknown column of a statement.',
    sandbox: 'The sandbox reports the first one.',
    statements: ['SELECT first_one, second_one FROM dbo.Categories'],
    expect: { error: 207, message: "Invalid column name 'first_one'." },
  },
  {
    server: 'The catalog shows a rewritten text of checks, defaults and computed columns: `([UnitPrice]>=(0))`.',
    sandbox: 'The catalog shows the text as it was written, in one pair of parentheses (constant defaults in two).',
    statements: ["SELECT definition FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.Products')"],
    expect: { rows: [['(UnitPrice >= 0)']] },
  },
  {
    server: 'The server stores parsed XML and serialises it anew: `<a></a>` becomes `<a/>`.',
    sandbox: 'The sandbox keeps the text of XML unchanged.',
    statements: ["SELECT CAST('<a></a>' AS xml)"],
    expect: { rows: [['<a></a>']] },
  },
  {
    server: 'Expressions nest as deep as the memory allows.',
    sandbox:
      'Parentheses, subqueries and blocks nest at most 150 deep, and at most 1,000 operators follow each other; more is error 191.',
    statements: [`SELECT ${'('.repeat(200)}1${')'.repeat(200)}`],
    expect: { error: 191 },
  },
  {
    server: 'Definition statements on large tables can be cancelled, and other sessions run meanwhile.',
    sandbox:
      'ALTER TABLE and CREATE INDEX run without a pause: on hundreds of thousands of rows they delay all sessions for seconds.',
    statements: [
      'CREATE TABLE dbo.Piece (a int NOT NULL)',
      'ALTER TABLE dbo.Piece ADD b int NOT NULL DEFAULT 5',
      'SELECT COUNT(*) FROM dbo.Piece',
    ],
    expect: { rows: [[0]] },
  },
  {
    server: 'RAND(1) returns 0.713591993212924.',
    sandbox: 'RAND with a seed is repeatable, but it returns other numbers.',
    statements: ['SELECT CASE WHEN RAND(1) = RAND(1) AND RAND(1) NOT BETWEEN 0.7135 AND 0.7136 THEN 1 END'],
    expect: { rows: [[1]] },
  },
  {
    server: '@@VERSION names the product.',
    sandbox: '@@VERSION names SQL Server 2022 (16.0), because clients check it, and then the sandbox.',
    statements: ["SELECT CASE WHEN @@VERSION LIKE 'Microsoft SQL Server 2022%T-SQL sandbox%' THEN 1 END"],
    expect: { rows: [[1]] },
  },
  {
    server: 'The columns of sysobjects that are "for informational purposes only" have values.',
    sandbox:
      'Of sysstat the low four bits are right, and the others are 0. The other compatibility views lack such columns.',
    statements: ["SELECT sysstat, info FROM sysobjects WHERE id = OBJECT_ID('dbo.Products')"],
    expect: { rows: [[3, 0]] },
  },
  {
    server: 'Hints influence the plan.',
    sandbox:
      'Hints with known names are accepted and do not change a plan. Lock hints, NOWAIT and READPAST are honoured.',
    statements: ['SELECT COUNT(*) FROM dbo.Categories WITH (FORCESCAN) WHERE CategoryID = 1 OPTION (MAXDOP 1)'],
    expect: { rows: [[1]] },
  },
];
