/** What an answer of a tool must be. */
export interface Expected {
  readonly rows?: readonly (readonly unknown[])[];
  /** The code of an error. */
  readonly error?: string;
  readonly has?: readonly RegExp[];
  readonly lacks?: readonly RegExp[];
  /** A token has at least one byte, so that fewer bytes are fewer tokens. */
  readonly maxBytes?: number;
}

const refused: Expected = { error: 'READ_ONLY_VIOLATION' };
const PAGE_BYTES = 16_000;

/** The cases of test/fixtures/cases.json that call a tool, by their id. */
export const STATEMENT_CASES: Readonly<Record<string, Expected>> = {
  'args-null-optional': { rows: [[1]] },
  'args-null-schema': { has: [/vOrderTotals/] },
  'args-bool-as-text': { has: [/vOrderTotals/] },
  'args-object-as-text': { has: [/"rows":\[\[[1-9]\d*\]\]/] },
  'script-nocount': { rows: [[1]] },
  'script-nocount-write': { rows: [[1]] },
  'script-trailing-go': { rows: [[1]] },
  'script-declare': { ...refused, has: [/parameters/] },
  'script-if': { ...refused, has: [/CASE/] },
  'proc-exec-readonly': { ...refused, has: [/procedure as a tool/] },
  'proc-sp-help': { ...refused, has: [/describe_table/] },
  'proc-create': { error: 'STATEMENT_REFUSED', has: [/administrator/] },
  'plan-showplan': refused,
  'error-throw-text': { error: 'SQL_ERROR', has: [/Order 17 is closed/] },
  'error-sandbox-gap': { error: 'SQL_ERROR', has: [/sandbox does not support full-text search/] },
  'sandbox-collate-column': { rows: [['Это']] },
  'sandbox-collate-utf8': { error: 'SQL_ERROR', has: [/sandbox does not support UTF-8 collations/] },
  'error-hint-group-alias': { error: 'SQL_ERROR', has: [/repeat the expression/] },
  'error-hint-double-quotes': { error: 'SQL_ERROR', has: [/single quotes/], lacks: [/ShippedDate/] },
  'schema-unknown': { error: 'UNKNOWN_SCHEMA', has: [/sales/, /dbo/] },
  'schema-three-part': { has: [/"table":"Orders"/] },
  'schema-search': { has: [/OrderDetails/, /\b3 of 3\b/], lacks: [/Customers/] },
  'schema-synonym': { has: [/success/] },
  'binary-cell': { has: [/0x(?:78){64}… \[cut: 200000 bytes in all\]/], maxBytes: 500 },
  'binary-hex': { rows: [['0x900150983CD24FB0D6963F7D28E17F72']] },
  'output-size': { has: [/"truncated":true/, /next_cursor/], maxBytes: PAGE_BYTES },
  'output-alltypes': { has: [/"row_count":6/], maxBytes: PAGE_BYTES },
  'codepage-literal': { has: [/Warning: .*N before it/] },
  'hold-dynamic': refused,
  'hold-openquery': refused,
  'hold-openrowset': refused,
  'hold-waitfor-newline': refused,
  'hold-use-newline': refused,
  'hold-disable-trigger': refused,
  'hold-implicit-proc': refused,
  'pass-keyword-names': { rows: [[1, 'delete from x', 2]] },
  'pass-semicolon-with': { rows: [[1]] },
  'exact-decimal': { rows: [[500, '1234567891011.1213141', 8.3266]] },
  'exact-bigint': { rows: [['2657843246789123456']] },
  'exact-offset': { rows: [['2020-08-16T10:11:12.1234567+09:30']] },
  'exact-dst': { rows: [['2017-10-15T00:00:00.000']] },
  'sandbox-pipes': { error: 'SQL_ERROR', has: [/"number":102/] },
};

type Call = readonly [id: string, tenant: 'demo' | 'workshop', tool: string, args: object, expected: Expected];
const sql = (id: string, query: string, expected: Expected, tenant: Call[1] = 'demo'): Call => [
  id,
  tenant,
  'execute_sql',
  { query },
  expected,
];
const one = { rows: [[1]] };

/** Further calls of the same kinds. */
export const MORE_CALLS: readonly Call[] = [
  ['args: a number as text', 'demo', 'execute_sql', { query: 'SELECT 1 AS a', max_rows: '10' }, one],
  ['args: empty texts', 'demo', 'execute_sql', { query: 'SELECT 1 AS a', format: '', cursor: '' }, one],
  ['args: a word in capitals', 'demo', 'execute_sql', { query: 'SELECT 1 AS a', format: 'COMPACT' }, one],
  ['args: one text for a list', 'demo', 'describe_table', { table_names: 'dbo.Regions' }, { has: [/Regions/] }],
  ['args: [] for {}', 'demo', 'execute_sql', { query: 'SELECT 1 AS a', parameters: [] }, one],
  ['args: null for what the tenant does not offer', 'demo', 'execute_sql', { query: 'SELECT 1 AS a', dry_run: null }, one], // prettier-ignore
  ['args: a list as text', 'demo', 'describe_table', { table_names: '["dbo.Regions"]' }, { has: [/Regions/] }],
  [
    'args: null and an empty text inside of parameters',
    'demo',
    'execute_sql',
    { query: 'SELECT ISNULL(@a, 7) AS a, LEN(@b) AS b', parameters: '{"a":null,"b":""}' },
    { rows: [['7', 0]] },
  ],
  sql('script: a fence', '```sql\nUSE [SandboxDb]\nGO\nSET DATEFIRST 1;\nSELECT 1 AS a\nGO\n```', one),
  sql('script: GO with a semicolon', 'USE SandboxDb\nGO\nSET NOCOUNT ON\nGO;\nSELECT 1 AS a\nGO;', one),
  sql('script: an isolation level', 'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED\nSELECT 1 AS a', one),
  sql('script: serializable', 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1 AS a', refused),
  sql(
    'script: serializable, in a tenant that writes',
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1 AS a',
    { error: 'STATEMENT_REFUSED' },
    'workshop',
  ),
  sql('script: GO in the middle', 'SELECT 1 AS a\nGO\nSELECT 2 AS b', { ...refused, has: [/one batch per call/] }),
  sql('script: a temporary table', 'SELECT * INTO #t FROM dbo.Regions', { ...refused, has: [/common table/] }),
  sql('proc: sp_helptext', "EXEC sp_helptext 'sales.vOrderTotals'", { ...refused, has: [/describe_object/] }),
  sql('proc: CALL', 'CALL dbo.TopProducts(5)', { ...refused, has: [/procedure as a tool/] }),
  sql('proc: CALL in braces', '{ call dbo.TopProducts(5) }', { ...refused, has: [/procedure as a tool/] }),
  sql('proc: sp_stored_procedures', 'EXEC sp_stored_procedures', { ...refused, has: [/search_schema/] }),
  sql('proc: sp_columns', 'sp_columns Orders', { ...refused, has: [/describe_table/] }),
  sql('plan: EXPLAIN', 'EXPLAIN SELECT 1', refused),
  sql('error: RAISERROR', "RAISERROR('Stock of %s is %d', 16, 1, 'Bolt', 3)", { error: 'SQL_ERROR', has: [/Stock of Bolt is 3/] }, 'workshop'), // prettier-ignore
  sql('error: a message number', 'RAISERROR(50001, 16, 1)', { error: 'SQL_ERROR', has: [/sys\.messages/] }, 'workshop'),
  sql('error: full text without an index', "SELECT 1 AS a FROM dbo.Products WHERE FREETEXT(ProductName, 'a')", { error: 'SQL_ERROR', has: [/not full-text indexed/] }), // prettier-ignore
  sql('error: an alias in the select list', 'SELECT UnitPrice * 2 AS p, p + 1 AS q FROM dbo.Products', { error: 'SQL_ERROR', has: [/repeat the expression/] }), // prettier-ignore
  sql('error: an alias in HAVING', 'SELECT CategoryID, COUNT(*) AS n FROM dbo.Products GROUP BY CategoryID HAVING n > 5', { error: 'SQL_ERROR', has: [/repeat the expression/] }), // prettier-ignore
  sql('error: = true', 'SELECT * FROM dbo.Products WHERE Discontinued = true', { error: 'SQL_ERROR', has: [/1 or 0/] }),
  sql('error: escaped operators', 'SELECT 1 WHERE 1 &lt; 2', { ...refused, has: [/&lt;/] }),
  ['schema: one that is nearly right', 'demo', 'list_tables', { schema: 'Sale' }, { error: 'UNKNOWN_SCHEMA', has: [/Did you mean sales/] }], // prettier-ignore
  ['schema: in brackets', 'demo', 'list_tables', { schema: '[sales]' }, { has: [/Orders/], lacks: [/Products/] }],
  ['schema: blanks', 'demo', 'list_tables', { schema: '  ' }, { error: 'UNKNOWN_SCHEMA' }],
  ['schema: no such table', 'demo', 'describe_table', { table_name: 'sales.Ordrs' }, { error: 'UNKNOWN_TABLE', has: [/sales\.Orders/] }], // prettier-ignore
  ['schema: another database', 'demo', 'describe_table', { table_name: 'master.sys.objects' }, { has: [/"error"/] }],
  sql('binary: 64 bytes are whole', "SELECT CAST(REPLICATE('x', 64) AS varbinary(64)) AS b", { rows: [[`0x${'78'.repeat(64)}`]] }), // prettier-ignore
  sql('binary: the whole as text', "SELECT CONVERT(varchar(max), CAST('abc' AS varbinary(3)), 1) AS h", { rows: [['0x616263']] }), // prettier-ignore
  sql('output: identifiers', 'SELECT TOP 1000 NEWID() AS a, NEWID() AS b FROM sales.OrderDetails', { maxBytes: PAGE_BYTES }), // prettier-ignore
  sql('codepage: a literal with N', "SELECT N'☃' AS a", { rows: [['☃']], lacks: [/Warning/] }),
  [
    'codepage: a parameter of a type that loses letters',
    'demo',
    'execute_sql',
    { query: 'SELECT @a AS a', parameters: { a: { type: 'varchar(9)', value: '☃' } } },
    { error: 'INVALID_ARGUMENT', has: [/nvarchar\(9\)/] },
  ],
  sql('sandbox: int times real', 'SELECT CAST(16777217 * CAST(3 AS real) AS float) AS x', { rows: [[50331648]] }),
  sql('sandbox: compatibility views', "SELECT COUNT(*) AS n FROM sysobjects WHERE name = 'Orders'", one),
  sql('sandbox: OPTION before FOR', 'SELECT TOP 1 RegionID FROM dbo.Regions OPTION (MAXDOP 1) FOR JSON PATH', { error: 'SQL_ERROR', has: [/after FOR XML or FOR JSON/] }), // prettier-ignore
];
