import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { numbers } from '../support/numbers.js';

const NUMBERS = `SELECT value AS n FROM ${numbers(100)}`;
const ONE_TOO_MANY = `SELECT value AS n FROM ${numbers(101)}`;

describe('limits of a result', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    tools = await toolServices(database, { settings: { allowMultipleStatements: true }, limits: { maxRows: 100 } });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const read = async (query: string, more: object = {}, services = tools) =>
    services.call('execute_sql', { query, ...more });
  const withLimits = async <T>(limits: object, use: (services: ToolServices) => Promise<T>): Promise<T> => {
    const services = await toolServices(database, { limits });
    return use(services).finally(() => services.close());
  };

  const QUERIES: readonly (readonly [string, string])[] = [
    ['no rows', 'SELECT 1 AS a WHERE 1 = 0'],
    ['names twice and none', "SELECT 1 AS a, N'x' AS a, 2, NULL AS [__proto__], 3 AS [1]"],
    [
      'odd texts',
      `SELECT N'a|b\\c' AS [p|q], N'"x", y' AS [c"d], N'' AS e, N'l1' + CHAR(13) + CHAR(10) + N'l2' AS f, N'=1+1' AS g, N' x ' AS h`,
    ],
    ['a document', `${NUMBERS} FOR JSON PATH`],
    ['no document', 'SELECT 1 AS a WHERE 1 = 0 FOR JSON PATH'],
    ['several sets', `SELECT 1 AS a; SELECT 2 AS b WHERE 1 = 0; SELECT N'x' AS c, 1.5 AS d`],
    ['messages', `DECLARE @t TABLE (v int NULL); SELECT SUM(v) AS s FROM @t`],
    ['cut by rows', ONE_TOO_MANY],
    ['cut cells', "SELECT REPLICATE(CAST(N'é' AS nvarchar(max)), 40000) AS t"],
    ['many columns', `SELECT ${Array.from({ length: 400 }, (_, i) => `${i} AS c${i}`).join(', ')}`],
  ];

  describe.each(['compact', 'objects', 'csv', 'markdown'])('as %s', format => {
    it.each(QUERIES)(
      '%s: the data matches the output schema, and the text has the same values',
      async (_what, query) => {
        const { data, text } = await read(query, { format });
        const schema = tools.registry.find(tools.tenant, 'execute_sql')?.descriptor.outputSchema ?? {};
        const validate = new Ajv2020({ strict: false }).compile(schema);
        expect([validate(data), validate.errors]).toEqual([true, null]);
        if (format === 'compact') expect(JSON.parse(text)).toEqual(data);
        if (format === 'objects') {
          const sets = (answer: { result_sets?: { row_count: number; rows: unknown[] }[] }) =>
            (answer.result_sets ?? [answer as { row_count: number; rows: unknown[] }]).map(set => [
              set.row_count,
              set.rows.length,
            ]);
          expect(sets(JSON.parse(text))).toEqual(sets(data));
        }
      },
    );
  });

  it.each([
    [99, false],
    [100, false],
    [101, true],
  ])('truncate a result of %i rows where 100 are allowed: %s', async (rows, truncated) => {
    const { data } = await read(`SELECT value AS n FROM ${numbers(rows)}`);
    expect(data).toMatchObject({ row_count: Math.min(rows, 100), truncated });
    expect(data.next_cursor === undefined).toBe(!truncated);
  });

  it.each([0, -1, 1.5, 10_000_001, 'five', [5]])('refuse %j as max_rows', async max_rows => {
    await expect(read(NUMBERS, { max_rows })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([[[1, 2]], [{ x: 1 }], [{ type: 'int' }], [{ type: 'int', value: [1] }]])(
    'refuse %j as the value of a parameter, and say what is expected',
    async a => {
      await expect(read('SELECT @a AS a', { parameters: { a } })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: 'parameters.a: expected a text, a number, true or false, null, or {type, value}',
      });
    },
  );

  it('read a text as the number that it spells, and null as no limit of the call', async () => {
    expect((await read(NUMBERS, { max_rows: '5' })).data).toMatchObject({ row_count: 5 });
    expect((await read(NUMBERS, { max_rows: null })).data).toEqual((await read(NUMBERS)).data);
  });

  it('accept a max_rows below the limit of the tenant, and ignore one above it', async () => {
    expect((await read(NUMBERS, { max_rows: 1 })).data).toMatchObject({ row_count: 1, truncated: true });
    expect((await read(ONE_TOO_MANY, { max_rows: 10_000_000 })).data.row_count).toBe(100);
  });

  it.each(['compact', 'objects', 'csv', 'markdown'])('count the bytes of the whole text, as %s', async format => {
    await withLimits({ maxResultBytes: 2_000, maxRows: 10_000 }, async services => {
      for (const sql of [
        `SELECT value AS n FROM ${numbers(5000)}`,
        `SELECT value AS n, REPLICATE(N'é"|', 30) AS [a long name of a column] FROM ${numbers(500)}`,
        `SELECT value AS n, N'"' AS q FROM ${numbers(500)} FOR JSON PATH`,
      ]) {
        const { data, text } = await read(sql, { format }, services);
        expect(data).toMatchObject({ truncated: true, truncated_by: 'bytes' });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000);
        expect(data.row_count).toBeGreaterThan(0);
      }
    });
  });

  it.each([
    [99, 0],
    [100, 0],
    [101, 1],
  ])('cut a cell of %i bytes where 100 are allowed: %i', async (bytes, cut) => {
    await withLimits({ maxCellBytes: 100 }, async services => {
      const { data } = await read(
        `SELECT REPLICATE(N'x', ${bytes}) AS t, CAST(REPLICATE('x', ${bytes}) AS varchar(max)) AS m`,
        {},
        services,
      );
      expect(data.cut_cells ?? 0).toBe(2 * cut);
      expect(data.truncated).toBe(cut > 0);
      const shown = cut === 0 ? 'x'.repeat(bytes) : `${'x'.repeat(100)}… [cut: ${bytes} characters in all]`;
      expect(data.rows[0][0]).toBe(shown);
    });
  });

  it.each([
    ['rows', { max_rows: 2 }, {}],
    ['bytes', {}, { maxResultBytes: 900 }],
  ])('count only the cut cells of the rows on the page, when %s end it', async (reason, asked, limits) => {
    await withLimits({ maxCellBytes: 100, ...limits }, async services => {
      const query = `SELECT value AS n, REPLICATE(N'x', 200) AS t FROM ${numbers(5)} ORDER BY value`;
      const counts: number[] = [];
      let cursor: string | undefined;
      for (let page = 1; page <= 5; page++) {
        const { data } = await read(query, { ...asked, ...(cursor === undefined ? {} : { cursor }) }, services);
        expect(data.cut_cells).toBe(data.row_count);
        counts.push(data.cut_cells);
        cursor = data.next_cursor;
        expect(data.truncated_by).toBe(cursor === undefined ? 'cells' : reason);
        if (cursor === undefined) break;
      }
      expect(counts.length).toBeGreaterThan(1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    });
  });

  it('shorten the texts of a row that would fill more than a page, so that every row can be read', async () => {
    const long = (name: string) =>
      `REPLICATE(CAST(N'é' AS nvarchar(max)), CASE value WHEN 2 THEN 20000 ELSE 1 END) AS ${name}`;
    const query = `SELECT value AS n, ${['a', 'b', 'c', 'd', 'e', 'f'].map(long).join(', ')} FROM ${numbers(3)} ORDER BY value`;
    const { data, text } = await read(query);
    expect(data).toMatchObject({ row_count: 3, truncated: true, truncated_by: 'cells', cut_cells: 6 });
    for (const cell of data.rows[1].slice(1)) expect(cell).toMatch(/^é{400,}… \[cut: 20000 characters in all\]$/);
    expect(Buffer.byteLength(text)).toBeLessThan(16_000);
  });

  it('return every row once over all pages, whether rows or bytes end a page', async () => {
    await withLimits({ maxRows: 40, maxResultBytes: 1_000 }, async services => {
      const query = `SELECT value AS n, REPLICATE(N'x', value % 60) AS t FROM ${numbers(300)} ORDER BY value`;
      const seen: number[] = [];
      let cursor: string | undefined;
      for (let page = 1; page <= 100; page++) {
        const max_rows = 1 + ((page * 7) % 45);
        const { data } = await read(query, { max_rows, ...(cursor === undefined ? {} : { cursor }) }, services);
        seen.push(...data.rows.map((row: [number]) => row[0]));
        cursor = data.next_cursor;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    });
  });

  it('give a sample that is truncated by bytes no cursor, because get_table_sample takes none', async () => {
    await database.execute(
      `CREATE TABLE dbo.Wide (t nvarchar(400) NOT NULL); INSERT INTO dbo.Wide SELECT REPLICATE(N'x', 300) FROM ${numbers(20)}`,
    );
    await withLimits({ maxResultBytes: 2_000 }, async services => {
      const { data } = await services.call('get_table_sample', { table_name: 'Wide', limit: 20 });
      expect(data).toMatchObject({ truncated: true, truncated_by: 'bytes' });
      expect(data).not.toHaveProperty('next_cursor');
    });
  });

  it('refuse a cursor that was changed, belongs to another statement or has other values', async () => {
    const query = `SELECT value AS n FROM ${numbers(1_000)} WHERE value <= @top`;
    const { data } = await read(query, { parameters: { top: 300 } });
    const cursor: string = data.next_cursor;
    const [payload = '', expiry = '', mac = ''] = cursor.split('.');
    const later = (parseInt(expiry, 36) + 60).toString(36);
    const refused = { code: 'INVALID_ARGUMENT', details: { parameter: 'cursor' } };
    for (const [what, more] of [
      ['skip', { cursor: `1.${expiry}.${mac}`, parameters: { top: 300 } }],
      ['expiry', { cursor: `${payload}.${later}.${mac}`, parameters: { top: 300 } }],
      ['no mac', { cursor: `${payload}.${expiry}.`, parameters: { top: 300 } }],
      ['value', { cursor, parameters: { top: 301 } }],
      ['type', { cursor, parameters: { top: { type: 'int', value: 300 } } }],
      ['none', { cursor }],
    ] as const) {
      await expect([what, await read(query, more).catch((error: unknown) => error)]).toMatchObject([what, refused]);
    }
    expect((await read(query, { cursor, parameters: { top: 300 } })).data.rows[0]).toEqual([101]);
  });
});
