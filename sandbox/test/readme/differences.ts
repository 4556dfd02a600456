import type { Expectation } from '../corpus/corpus-case.ts';

/** What the sandbox does otherwise than SQL Server, without an error. `statements` show what the sandbox does. */
export interface Difference {
  readonly server: string;
  readonly sandbox: string;
  readonly statements: readonly string[];
  /** About the last statement. */
  readonly expect: Expectation;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    server: 'A batch with an unknown column of a table that exists runs not at all (error 207).',
    sandbox:
      'Statements are compiled one by one: those before the wrong one have run. A syntax error stops the whole batch.',
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
    sandbox: 'The procedure is stored; the error comes when it runs.',
    statements: ['CREATE PROCEDURE dbo.Later AS SELECT nope FROM dbo.Categories'],
    expect: { sets: [] },
  },
  {
    server: 'Reports every unknown column of a statement.',
    sandbox: 'Reports the first.',
    statements: ['SELECT first_one, second_one FROM dbo.Categories'],
    expect: { error: 207, message: "Invalid column name 'first_one'." },
  },
  {
    server: 'Rewrites the text of checks, defaults and computed columns: `([UnitPrice]>=(0))`.',
    sandbox: 'Shows it as it was written, in one pair of parentheses (constant defaults in two).',
    statements: ["SELECT definition FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.Products')"],
    expect: { rows: [['(UnitPrice >= 0)']] },
  },
  {
    server: 'Stores XML parsed and writes it anew: `<a></a>` becomes `<a/>`.',
    sandbox: 'Keeps the text of XML as it came.',
    statements: ["SELECT CAST('<a></a>' AS xml)"],
    expect: { rows: [['<a></a>']] },
  },
  {
    server: 'Nests expressions as deep as its memory allows.',
    sandbox: 'At most 150 levels of parentheses, subqueries or blocks, and 1,000 operators in a row, else error 191.',
    statements: [`SELECT ${'('.repeat(200)}1${')'.repeat(200)}`],
    expect: { error: 191 },
  },
  {
    server: 'Definition statements on large tables can be cancelled, and other sessions go on meanwhile.',
    sandbox:
      'ALTER TABLE and CREATE INDEX run in one piece: on hundreds of thousands of rows they hold up everything for seconds.',
    statements: [
      'CREATE TABLE dbo.Piece (a int NOT NULL)',
      'ALTER TABLE dbo.Piece ADD b int NOT NULL DEFAULT 5',
      'SELECT COUNT(*) FROM dbo.Piece',
    ],
    expect: { rows: [[0]] },
  },
  {
    server: 'RAND(1) is 0.713591993212924.',
    sandbox: 'RAND with a seed repeats itself, too, but gives other numbers.',
    statements: ['SELECT CASE WHEN RAND(1) = RAND(1) AND RAND(1) NOT BETWEEN 0.7135 AND 0.7136 THEN 1 END'],
    expect: { rows: [[1]] },
  },
  {
    server: '@@VERSION names the product.',
    sandbox: 'It names SQL Server 2022 (16.0), for clients that ask, and then the sandbox.',
    statements: ["SELECT CASE WHEN @@VERSION LIKE 'Microsoft SQL Server 2022%T-SQL sandbox%' THEN 1 END"],
    expect: { rows: [[1]] },
  },
  {
    server: 'Hints change the plan.',
    sandbox:
      'Hints with known names are accepted; no plan hangs on them (those about locks and NOWAIT, READPAST are honoured).',
    statements: ['SELECT COUNT(*) FROM dbo.Categories WITH (FORCESCAN) WHERE CategoryID = 1 OPTION (MAXDOP 1)'],
    expect: { rows: [[1]] },
  },
];
