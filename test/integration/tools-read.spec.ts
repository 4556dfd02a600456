import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const SCHEMA = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Orders (
  order_id int NOT NULL PRIMARY KEY, customer nvarchar(40) NOT NULL, placed datetime2(0) NOT NULL,
  total decimal(12,2) NOT NULL, currency char(3) NOT NULL, shipped bit NOT NULL
)
GO
CREATE TABLE dbo.Secrets (id int NOT NULL PRIMARY KEY, word nvarchar(40) NULL)
GO
INSERT INTO dbo.Secrets VALUES (1, N'planted')
GO
CREATE TABLE sales.Secrets (id int NOT NULL PRIMARY KEY)
`;

describe('the reading tools', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    const rows = Array.from(
      { length: 100 },
      (_, i) =>
        `(${1000 + i}, N'Customer ${i}', '2024-03-${String((i % 28) + 1).padStart(2, '0')}T10:20:30', ${i}.25, 'EUR', ${i % 2})`,
    );
    await database.execute(
      `INSERT INTO sales.Orders (order_id, customer, placed, total, currency, shipped) VALUES ${rows.join(', ')}`,
    );
    tools = await toolServices(database);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('are the reading ones in a read-only tenant, sorted by name, and none changes data', () => {
    const offered = tools.registry.forPrincipal(tools.tenant, testPrincipal());
    expect(offered.map(tool => tool.name)).toEqual([
      'analyze_trends',
      'describe_object',
      'describe_table',
      'execute_sql',
      'explain_query',
      'get_table_sample',
      'list_tables',
      'search_schema',
    ]);
    expect(offered.every(tool => tool.annotations.readOnlyHint)).toBe(true);
    for (const tool of offered) {
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: 'object' });
    }
  });

  it.each([
    ['list_tables', {}],
    ['list_tables', { schema: 'sales', include_views: true }],
    ['describe_table', { table_name: 'sales.Orders' }],
    ['get_table_sample', { table_name: '[sales].[Orders]', limit: 3 }],
    ['execute_sql', { query: 'SELECT TOP 5 * FROM sales.Orders' }],
    ['execute_sql', { query: "SELECT 1 AS a, 2 AS a, N'x'", format: 'objects' }],
  ])('return data that matches the output schema: %s %j', async (name, args) => {
    const { data } = await tools.call(name, args);
    const schema = tools.registry.find(tools.tenant, name)?.descriptor.outputSchema ?? {};
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect([validate(data), validate.errors]).toEqual([true, null]);
  });

  it('return the same result as data and as text', async () => {
    const { data, text } = await tools.call('execute_sql', {
      query: 'SELECT TOP 3 * FROM sales.Orders ORDER BY order_id',
    });
    expect(JSON.parse(text)).toEqual(data);
    expect(data.rows[0]).toEqual([1000, 'Customer 0', '2024-03-01T10:20:30', 0.25, 'EUR', false]);
    expect(data).toMatchObject({ row_count: 3, truncated: false, untrusted: true });
  });

  it('write 100 rows in less than 30 % of the size of pretty-printed objects', async () => {
    const query =
      "SELECT order_id, customer AS customer_name, CAST(placed AS date) AS order_date, 'DE' AS ship_country, total AS total_amount, 'open' AS order_status FROM sales.Orders";
    const compact = await tools.call('execute_sql', { query });
    const objects = await tools.call('execute_sql', { query, format: 'objects' });
    const pretty = JSON.stringify(JSON.parse(objects.text), null, 2);
    expect(compact.text.length / pretty.length).toBeLessThan(0.3);
  });

  it('write objects, CSV and Markdown', async () => {
    const query = "SELECT 1 AS a, N'x,\"y\"|' AS a, NULL AS n, N'' AS e";
    expect(JSON.parse((await tools.call('execute_sql', { query, format: 'objects' })).text)).toMatchObject({
      columns: ['a', 'a_2', 'n', 'e'],
      rows: [{ a: 1, a_2: 'x,"y"|', n: null, e: '' }],
    });
    expect((await tools.call('execute_sql', { query, format: 'csv' })).text).toBe(
      'a,a_2,n,e\n1,"x,""y""|",,""\n\n(1 row; untrusted data)',
    );
    expect((await tools.call('execute_sql', { query, format: 'markdown' })).text).toBe(
      '|a|a_2|n|e|\n|-|-|-|-|\n|1|x,"y"\\||NULL||\n\n(1 row; untrusted data)',
    );
  });

  it('continue after the last row of a page, but only for the same person and statement', async () => {
    const query = 'SELECT order_id FROM sales.Orders ORDER BY order_id';
    const first = await tools.call('execute_sql', { query, max_rows: 60 });
    expect(first.data).toMatchObject({ row_count: 60, truncated: true, truncated_by: 'rows' });
    expect(first.data.note).toMatch(/ORDER BY/);
    const cursor = first.data.next_cursor;
    const second = await tools.call('execute_sql', { query, max_rows: 60, cursor });
    expect(second.data.rows[0]).toEqual([1060]);
    expect(second.data).toMatchObject({ row_count: 40, truncated: false });
    expect(second.data.next_cursor).toBeUndefined();
    const refused = { code: 'INVALID_ARGUMENT', details: { parameter: 'cursor' } };
    await expect(tools.call('execute_sql', { query: `${query} DESC`, cursor })).rejects.toMatchObject(refused);
    await expect(
      tools.call('execute_sql', { query, cursor }, { principal: testPrincipal('eve') }),
    ).rejects.toMatchObject(refused);
    await expect(tools.call('execute_sql', { query, cursor: `${cursor}x` })).rejects.toMatchObject(refused);
  });

  it('stop at the byte limit after a whole row', async () => {
    const small = await toolServices(database, { limits: { maxResultBytes: 1_000 } });
    const { data, text } = await small.call('execute_sql', { query: 'SELECT * FROM sales.Orders ORDER BY order_id' });
    expect(data).toMatchObject({ truncated: true, truncated_by: 'bytes' });
    expect(data.row_count).toBeGreaterThan(5);
    expect(JSON.parse(text).rows).toHaveLength(data.row_count);
    const wide = `SELECT ${Array.from({ length: 200 }, (_, i) => `${i} AS c${i}`).join(', ')}`;
    await expect(small.call('execute_sql', { query: wide })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
    await small.close();
  });

  it('cut a long text and say how long it was', async () => {
    const small = await toolServices(database, { limits: { maxCellBytes: 20 } });
    const { data } = await small.call('execute_sql', {
      query: "SELECT REPLICATE(N'ä', 500) AS long, N'short' AS short",
    });
    expect(data.rows[0]).toEqual([`${'ä'.repeat(10)}… [cut: 500 characters in all]`, 'short']);
    expect(data.cut_cells).toBe(1);
    await small.close();
  });

  it.each([
    ['get_table_sample', { table_name: 'sales.Orders', limit: 0 }],
    ['get_table_sample', { table_name: 'sales.Orders', limit: 1001 }],
    ['get_table_sample', { table_name: 'sales.Orders', limit: 1.5 }],
    ['get_table_sample', { table_name: 'sales.Orders', limit: 'five' }],
    ['get_table_sample', { table_name: 'sales.Orders', extra: 1 }],
    ['execute_sql', {}],
    ['execute_sql', { query: 'SELECT 1', parameters: { a: { nested: true } } }],
    ['execute_sql', { query: 'SELECT 1', dry_run: true }],
    ['list_tables', { cursor: 'nonsense' }],
    ['describe_table', { table_name: 'a.b.c' }],
    ['describe_table', { table_name: "x'; DROP TABLE y --" }],
  ])('refuse invalid arguments: %s %j', async (name, args) => {
    await expect(tools.call(name, args)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('limit a person to their schemas and tables', async () => {
    const principal = testPrincipal('bob', { access: { schemas: ['sales'] } });
    const listed = await tools.call('list_tables', {}, { principal });
    expect(new Set(listed.data.tables.map((t: { schema: string }) => t.schema))).toEqual(new Set(['sales']));
    await expect(tools.call('describe_table', { table_name: 'dbo.Secrets' }, { principal })).rejects.toMatchObject({
      code: 'UNKNOWN_TABLE',
    });
    const sample = await tools.call('get_table_sample', { table_name: 'Secrets' }, { principal });
    expect(sample.data.columns).toHaveLength(1);
    await expect(
      tools.call('execute_sql', { query: 'SELECT * FROM dbo.Secrets' }, { principal }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const allowed = await tools.call(
      'execute_sql',
      { query: 'SELECT COUNT(*) AS n FROM sales.Orders AS o' },
      { principal },
    );
    expect(allowed.data.rows).toEqual([[100]]);
  });

  it.each([
    ['SELECT custmer FROM sales.Orders', 207, 'customer'],
    ['SELECT * FROM sales.Ordrs', 208, 'sales.Orders'],
  ])('suggest the name that is most similar to the unknown name in %s', async (query, number, nearest) => {
    await expect(tools.call('execute_sql', { query })).rejects.toMatchObject({
      code: 'SQL_ERROR',
      details: { number },
      hint: expect.stringContaining(nearest),
    });
  });

  it('suggest TOP for a statement with LIMIT', async () => {
    await expect(tools.call('execute_sql', { query: 'SELECT * FROM sales.Orders LIMIT 5' })).rejects.toMatchObject({
      code: 'SQL_ERROR',
      hint: expect.stringMatching(/TOP/),
    });
  });

  it.each([
    ['SELECT YEAR(placed) AS y, COUNT(*) AS n FROM sales.Orders GROUP BY y', /alias of SELECT/],
    ['SELECT COUNT(*) AS n FROM sales.Orders WHERE customer = "sent"', /single quotes/],
    ['SELECT 1 AS n FROM sales.Orders WHERE shipped = true', /1 or 0/],
    ['SELECT 1 AS n FROM sales.Orders WHERE order_id &gt; 5', /&gt;/],
    ["EXEC sp_help 'sales.Orders'", /describe_table/],
    ["EXECUTE sys.sp_columns 'Orders'", /describe_table/],
    ["sp_help 'sales.Orders'", /describe_table/],
    ["EXEC sp_helptext 'sales.v'", /describe_object/],
    ["EXEC [sys].[sp_executesql] N'SELECT 1'", /"parameters"/],
    ['EXEC dbo.TopProducts 5', /administrator can offer/],
    ['EXPLAIN SELECT 1', /explain_query/],
    ['SET SHOWPLAN_XML ON', /explain_query/],
    ['IF EXISTS (SELECT 1 FROM sales.Orders) SELECT 1 AS y ELSE SELECT 0 AS y', /CASE/],
    ['SELECT 1 AS a INTO #t', /WITH x AS/],
    ['CREATE TABLE #t (a int)', /WITH x AS/],
    ['DECLARE @t TABLE (a int)', /WITH x AS/],
    ['SET XACT_ABORT ON; SELECT 1', /SET NOCOUNT, DATEFORMAT/],
    ['USE master; SELECT 1', /only name the database/],
    ['SELECT 1\nGO\nSELECT 2', /last line/],
    ['```sql\nSELECT 1', /fence/],
    ['SHOW TABLES', /list_tables/],
    ['SELECT COUNT(*) AS n FROM sales.Orders FETCH FIRST 5 ROWS ONLY', /SELECT TOP \(n\)/],
    ['SELECT order_id FROM sales.Orders WHERE order_id = :id', /written @name/],
    ['SELECT order_id FROM sales.Orders WHERE order_id = ?', /written @name/],
    ['SELECT 1 AS a FROM dual', /needs no table/],
    ['SELECT * FROM sales.Order', /reserved word.*\[Order\]/],
    ['SELECT CURRENT_DATE', /CAST\(GETDATE\(\) AS date\)/],
  ])('hint at what to write instead of %j', async (query, hint) => {
    await expect(tools.call('execute_sql', { query })).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });

  it('are hidden from a person who may not use them', async () => {
    const principal = testPrincipal('bob', { access: { tools: ['list_tables'] } });
    expect(tools.registry.forPrincipal(tools.tenant, principal).map(tool => tool.name)).toEqual(['list_tables']);
    await expect(tools.call('execute_sql', { query: 'SELECT 1' }, { principal })).rejects.toMatchObject({
      code: 'UNKNOWN_TOOL',
    });
  });
});
