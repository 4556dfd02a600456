import type { IndifferentClause } from './clause.ts';

const QUERY =
  'SELECT c.CategoryID, COUNT(*) FROM dbo.Categories AS c JOIN dbo.Products AS p ON p.CategoryID = c.CategoryID GROUP BY c.CategoryID ORDER BY c.CategoryID';

const queryHint = (hint: string): IndifferentClause => ({ sql: `${QUERY} OPTION (${hint})`, plain: QUERY });

const tableHint = (hint: string): IndifferentClause => ({
  sql: `SELECT COUNT(*), MAX(CategoryName) FROM dbo.Categories WITH (${hint})`,
  plain: 'SELECT COUNT(*), MAX(CategoryName) FROM dbo.Categories',
});

const joinHint = (hint: string): IndifferentClause => ({
  sql: QUERY.replace(' JOIN', ` INNER ${hint} JOIN`),
  plain: QUERY,
});

const indexOption = (option: string): IndifferentClause => ({
  before: 'CREATE TABLE dbo.Ix (a int)',
  sql: `CREATE INDEX ix ON dbo.Ix (a) WITH (${option}); INSERT dbo.Ix VALUES (2), (1); SELECT a FROM dbo.Ix ORDER BY a`,
  plain: 'CREATE INDEX ix ON dbo.Ix (a); INSERT dbo.Ix VALUES (2), (1); SELECT a FROM dbo.Ix ORDER BY a',
  after: 'DROP TABLE dbo.Ix',
});

/** A statement that SET does not affect in this state. */
const setting = (statement: string): IndifferentClause => ({
  sql: `${statement}; SELECT 1, NULL`,
  plain: 'SELECT 1, NULL',
});

export const INDIFFERENT: readonly IndifferentClause[] = [
  ...[
    'HASH GROUP',
    'ORDER GROUP',
    'CONCAT UNION',
    'HASH UNION',
    'MERGE UNION',
    'LOOP JOIN',
    'MERGE JOIN',
    'HASH JOIN',
    'DISABLE_OPTIMIZED_PLAN_FORCING',
    'EXPAND VIEWS',
    'FAST 1',
    'FORCE ORDER',
    'IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX',
    'KEEP PLAN',
    'KEEPFIXED PLAN',
    'MAX_GRANT_PERCENT = 10',
    'MIN_GRANT_PERCENT = 10',
    'MAXDOP 2',
    'MAXRECURSION 10',
    'NO_PERFORMANCE_SPOOL',
    'OPTIMIZE FOR UNKNOWN',
    'PARAMETERIZATION SIMPLE',
    'PARAMETERIZATION FORCED',
    'QUERYTRACEON 4199',
    'RECOMPILE',
    'ROBUST PLAN',
    "USE HINT ('FORCE_LEGACY_CARDINALITY_ESTIMATION', 'DISABLE_PARAMETER_SNIFFING')",
  ].map(queryHint),
  ...[
    'FORCESCAN',
    'FORCESEEK',
    'FORCESEEK (PK_Categories (CategoryID))',
    'HOLDLOCK',
    'INDEX (PK_Categories)',
    'INDEX = 1',
    'NOEXPAND',
    'NOLOCK',
    'NOWAIT',
    'PAGLOCK',
    'READCOMMITTED',
    'READCOMMITTEDLOCK',
    'READUNCOMMITTED',
    'REPEATABLEREAD',
    'ROWLOCK',
    'SERIALIZABLE',
    'TABLOCK',
    'TABLOCKX',
    'UPDLOCK',
    'UPDLOCK, HOLDLOCK',
    'XLOCK',
  ].map(tableHint),
  ...['LOOP', 'HASH', 'MERGE', 'REMOTE'].map(joinHint),
  ...[
    'ALLOW_PAGE_LOCKS = OFF',
    'ALLOW_ROW_LOCKS = OFF',
    'FILLFACTOR = 80',
    'MAXDOP = 1',
    'ONLINE = OFF',
    'OPTIMIZE_FOR_SEQUENTIAL_KEY = ON',
    'PAD_INDEX = ON',
    'SORT_IN_TEMPDB = ON',
    'STATISTICS_INCREMENTAL = OFF',
    'STATISTICS_NORECOMPUTE = ON',
    'IGNORE_DUP_KEY = OFF',
    'DROP_EXISTING = OFF',
    'RESUMABLE = OFF',
    'DATA_COMPRESSION = NONE',
    'XML_COMPRESSION = OFF',
  ].map(indexOption),
  ...[
    'SET ANSI_NULLS ON',
    'SET ANSI_PADDING ON',
    'SET ANSI_WARNINGS ON',
    'SET ANSI_NULL_DFLT_ON ON',
    'SET ANSI_NULL_DFLT_OFF OFF',
    'SET ARITHABORT ON',
    'SET ARITHABORT OFF',
    'SET ARITHIGNORE OFF',
    'SET CONCAT_NULL_YIELDS_NULL ON',
    'SET CURSOR_CLOSE_ON_COMMIT OFF',
    'SET NUMERIC_ROUNDABORT OFF',
    'SET QUOTED_IDENTIFIER ON',
    'SET NOCOUNT OFF',
    'SET DATEFORMAT mdy',
    'SET LANGUAGE us_english',
    'SET DEADLOCK_PRIORITY NORMAL',
    'SET FMTONLY OFF',
    'SET NOEXEC OFF',
    'SET PARSEONLY OFF',
    'SET SHOWPLAN_ALL OFF',
    'SET SHOWPLAN_TEXT OFF',
    'SET SHOWPLAN_XML OFF',
    'SET STATISTICS IO OFF',
    'CHECKPOINT',
  ].map(setting),
  { sql: "RAISERROR ('x', 10, 1) WITH LOG", plain: "RAISERROR ('x', 10, 1)" },
  { sql: "RAISERROR ('x', 10, 1) WITH NOWAIT", plain: "RAISERROR ('x', 10, 1)" },
  {
    sql: 'CREATE TABLE dbo.Fg (a int) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]; SELECT * FROM dbo.Fg',
    plain: 'CREATE TABLE dbo.Fg (a int); SELECT * FROM dbo.Fg',
    after: 'DROP TABLE dbo.Fg',
  },
  {
    sql: 'CREATE TABLE dbo.Fg (a int PRIMARY KEY WITH FILLFACTOR = 90); SELECT * FROM dbo.Fg',
    plain: 'CREATE TABLE dbo.Fg (a int PRIMARY KEY); SELECT * FROM dbo.Fg',
    after: 'DROP TABLE dbo.Fg',
  },
];
