import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CatalogRunner } from '../../src/database/connection/catalog-runner.js';
import { CatalogNames } from '../../src/prompts/builtin/catalog-names.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import type { PromptCall } from '../../src/prompts/prompt.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const SCHEMA = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Customers (customer_id int NOT NULL CONSTRAINT PK_Customers PRIMARY KEY, [full name] nvarchar(40) NOT NULL)
GO
CREATE TABLE sales.Orders (
  order_id int IDENTITY NOT NULL CONSTRAINT PK_Orders PRIMARY KEY,
  customer_id int NULL CONSTRAINT FK_Customers REFERENCES sales.Customers (customer_id) ON DELETE CASCADE ON UPDATE SET NULL,
  placed datetime2(0) NOT NULL CONSTRAINT DF_placed DEFAULT (GETDATE()), total decimal(12,2) NOT NULL, doubled AS (total * 2)
)
GO
CREATE INDEX IX_placed ON sales.Orders (placed DESC, customer_id) INCLUDE (total) WHERE total > 0
GO
CREATE TABLE sales.[Order_Lines %] (line_id int NOT NULL, [odd ]]column] varchar(max) NULL)
GO
CREATE VIEW sales.OpenOrders AS SELECT order_id FROM sales.Orders
GO
CREATE TABLE dbo.Orders (id int NOT NULL)
GO
CREATE TABLE dbo.Audit (id int NOT NULL)
`;

describe('the tools of the catalogue', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let own: string;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    const columns = Array.from({ length: 1_000 }, (_, i) => `column_with_a_usual_name_${i} nvarchar(40) NULL`);
    await database.execute(
      `CREATE TABLE dbo.Wide (id int NOT NULL CONSTRAINT PK_Wide PRIMARY KEY, ${columns.join(', ')})`,
    );
    const children = Array.from(
      { length: 600 },
      (_, i) => `CREATE TABLE dbo.Child_${i} (wide_id int NULL CONSTRAINT FK_Wide_${i} REFERENCES dbo.Wide (id))`,
    );
    await database.execute(children.join('\nGO\n'));
    tools = await toolServices(database);
    own = database.config.database;
  }, 120_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });
  afterEach(() => void jest.restoreAllMocks());

  const matchesSchema = (name: string, data: unknown): void => {
    const schema = tools.registry.find(tools.tenant, name)?.descriptor.outputSchema ?? {};
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect([validate(data), validate.errors]).toEqual([true, null]);
  };
  const pagesOf = async (args: object) => {
    const pages = [];
    let cursor: string | undefined;
    do {
      const { data, text } = await tools.call('describe_table', { ...args, ...(cursor && { cursor }) });
      matchesSchema('describe_table', data);
      pages.push({ data, text });
      cursor = data.next_cursor;
    } while (cursor !== undefined && pages.length < 50);
    return pages;
  };

  describe('list_tables', () => {
    it.each([
      ['order', ['dbo.Orders', 'sales.Order_Lines %', 'sales.Orders']],
      ['r_L', ['sales.Order_Lines %']],
      ['%', ['sales.Order_Lines %']],
      ['_lines', ['sales.Order_Lines %']],
    ])('finds a part of the name, and takes %% and _ as they are: %s', async (part, expected) => {
      const { data } = await tools.call('list_tables', { name_like: part });
      const names = data.tables.map((table: { schema: string; name: string }) => `${table.schema}.${table.name}`);
      expect(names.filter((name: string) => !name.includes('Child'))).toEqual(expected);
      matchesSchema('list_tables', data);
    });

    it('says that name_like has no wildcards when a pattern found nothing', async () => {
      const { data } = await tools.call('list_tables', { name_like: '%Orders%' });
      expect(data).toMatchObject({ count: 0, total: 0, message: expect.stringContaining('no wildcards') });
    });

    it('counts the tables of all pages, and continues with the same filter only', async () => {
      const first = await tools.call('list_tables', { name_like: 'child_', schema: 'dbo' });
      expect(first.data).toMatchObject({ total: 600 });
      expect(first.data.count).toBeLessThan(600);
      const cursor = first.data.next_cursor;
      const second = await tools.call('list_tables', { name_like: 'child_', schema: 'dbo', cursor });
      expect(first.data.count + second.data.count).toBe(600);
      await expect(tools.call('list_tables', { name_like: 'child', schema: 'dbo', cursor })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });

    it('refuses an unknown schema and names the nearest one', async () => {
      await expect(tools.call('list_tables', { schema: 'slaes' })).rejects.toMatchObject({
        code: 'UNKNOWN_SCHEMA',
        details: { nearest: ['sales'], schemas: ['dbo', 'sales'] },
      });
    });
  });

  describe('describe_table', () => {
    it('shows descending columns, filters, included columns and referential actions', async () => {
      const { data } = await tools.call('describe_table', { table_name: 'sales.Orders' });
      matchesSchema('describe_table', data);
      expect(data.indexes.find((index: { name: string }) => index.name === 'IX_placed')).toEqual({
        name: 'IX_placed',
        columns: ['placed', 'customer_id'],
        descending_columns: ['placed'],
        included_columns: ['total'],
        unique: false,
        type: 'nonclustered',
        filter: expect.stringContaining('total'),
      });
      expect(data.foreign_keys).toEqual([
        expect.objectContaining({ name: 'FK_Customers', on_delete: 'CASCADE', on_update: 'SET NULL' }),
      ]);
      const { data: target } = await tools.call('describe_table', { table_name: 'sales.Customers' });
      expect(target.referenced_by[0]).toMatchObject({ table: 'Orders', on_delete: 'CASCADE', on_update: 'SET NULL' });
    });

    it('describes several tables in short, and reports each unknown name', async () => {
      const table_names = ['sales.Customers', 'sales.Orders', 'Ordres', 'Orders', 'sales.[Order_Lines %]'];
      const { data } = await tools.call('describe_table', { table_names });
      matchesSchema('describe_table', data);
      expect(data).toEqual({
        tables: [
          expect.objectContaining({ table: 'Customers', columns: ['customer_id int not null primary key', '[full name] nvarchar(40) not null'] }), // prettier-ignore
          {
            table: 'Orders',
            schema: 'sales',
            type: 'table',
            columns: [
              'order_id int not null identity primary key',
              'customer_id int -> sales.Customers.customer_id',
              expect.stringMatching(/^placed datetime2\(0\) not null default .*getdate/i),
              'total decimal(12,2) not null',
              expect.stringMatching(/^doubled decimal\(.* as .*total/),
            ],
            primary_keys: ['order_id'],
            foreign_keys: ['(customer_id) -> sales.Customers(customer_id) on delete cascade on update set null'],
            column_count: 5,
            row_count: 0,
          },
          expect.objectContaining({ columns: ['line_id int not null', '[odd ]]column] varchar(max)'] }),
        ],
        errors: [
          {
            name: 'Ordres',
            code: 'UNKNOWN_TABLE',
            message: expect.any(String),
            hint: expect.stringContaining('Orders'),
          },
          { name: 'Orders', code: 'AMBIGUOUS_TABLE', message: expect.any(String), hint: expect.any(String) },
        ],
      });
    });

    it.each([
      ['neither', {}],
      ['both', { table_name: 'sales.Orders', table_names: ['sales.Orders'] }],
      ['no names', { table_names: [] }],
      ['eleven names', { table_names: Array.from({ length: 11 }, () => 'sales.Orders') }],
    ])('needs one of table_name and table_names: %s', async (_what, args) => {
      await expect(tools.call('describe_table', args)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it('fails when no name is known', async () => {
      await expect(tools.call('describe_table', { table_names: ['Nope', 'Nada'] })).rejects.toMatchObject({
        code: 'UNKNOWN_TABLE',
      });
    });

    it('gives a table of 1,000 columns and 600 references in pages that never look whole', async () => {
      const pages = await pagesOf({ table_name: 'dbo.Wide' });
      expect(pages.length).toBeGreaterThan(2);
      const all = (list: string): unknown[] => pages.flatMap(({ data }) => data[list] as unknown[]);
      expect(new Set(all('columns').map(column => (column as { name: string }).name)).size).toBe(1_001);
      expect(new Set(all('referenced_by').map(key => (key as { name: string }).name)).size).toBe(600);
      expect(all('indexes')).toHaveLength(1);
      for (const { data, text } of pages) {
        expect(data).toMatchObject({
          column_count: 1_001,
          primary_keys: ['id'],
          totals: { columns: 1_001, referenced_by: 600, indexes: 1 },
          message: expect.stringMatching(/a part of the table: \w+ \d+ to \d+ of \d+/),
        });
        expect(Buffer.byteLength(text)).toBeLessThan(29_000);
      }
    });

    it('gives several wide tables in pages', async () => {
      const pages = await pagesOf({ table_names: ['dbo.Wide', 'sales.Orders'] });
      expect(pages.length).toBeGreaterThan(1);
      const tables = pages.flatMap(
        ({ data }) => data.tables as { table: string; columns: string[]; message?: string }[],
      );
      const wide = tables.filter(({ table }) => table === 'Wide');
      expect(wide.flatMap(({ columns }) => columns)).toHaveLength(1_001);
      expect(wide.every(({ message }) => message !== undefined)).toBe(true);
      expect(tables.filter(({ table }) => table === 'Orders')).toEqual([expect.not.objectContaining({ message: expect.anything() })]); // prettier-ignore
    });

    it('refuses a cursor of another table, another user, and of a table that has changed', async () => {
      const { data } = await tools.call('describe_table', { table_name: 'dbo.Wide' });
      const cursor = data.next_cursor;
      const refused = { code: 'INVALID_ARGUMENT', details: { parameter: 'cursor' } };
      await expect(tools.call('describe_table', { table_name: 'sales.Orders', cursor })).rejects.toMatchObject(refused);
      await expect(tools.call('describe_table', { table_names: ['dbo.Wide'], cursor })).rejects.toMatchObject(refused);
      const principal = testPrincipal('eve');
      await expect(
        tools.call('describe_table', { table_name: 'dbo.Wide', cursor }, { principal }),
      ).rejects.toMatchObject(refused);
      await database.execute('ALTER TABLE dbo.Wide ADD one_more int NULL');
      await expect(tools.call('describe_table', { table_name: 'dbo.Wide', cursor })).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining('changed'),
      });
      await database.execute('ALTER TABLE dbo.Wide DROP COLUMN one_more');
    });
  });

  describe('the own database in front of a name', () => {
    const spellings = (): string[] => [
      `${own}.sales.Orders`,
      `[${own}].[sales].[Orders]`,
      `${own.toUpperCase()}.sales.Orders`,
      `${own}..Customers`,
    ];

    it('is accepted by describe_table and get_table_sample', async () => {
      for (const table_name of spellings()) {
        const { data } = await tools.call('describe_table', { table_name });
        expect(data.schema).toBe('sales');
        await tools.call('get_table_sample', { table_name });
      }
      const several = await tools.call('describe_table', { table_names: spellings() });
      expect(several.data.tables).toHaveLength(4);
    });

    it.each(['describe_table', 'get_table_sample'])('is refused by %s for another database', async tool => {
      await expect(tools.call(tool, { table_name: 'master.dbo.spt_values' })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('"master"'),
      });
    });
  });

  describe('how often the catalogue is read as a whole', () => {
    const WHOLE = 'FROM sys.objects';
    const wholeReads = async (act: () => Promise<unknown>): Promise<number> => {
      const read = jest.spyOn(tools.module.get(CatalogRunner), 'read');
      await act();
      const texts = read.mock.calls.map(([, text]) => text);
      read.mockRestore();
      return texts.filter(text => text.includes(WHOLE) && !text.includes('@')).length;
    };
    const call = (): PromptCall =>
      ({ tenant: tools.tenant, principal: testPrincipal(), signal: new AbortController().signal }) as PromptCall;

    beforeAll(() => tools.call('list_tables'));

    it('is once for each list_tables', async () => {
      expect(await wholeReads(() => tools.call('list_tables'))).toBe(1);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['an unknown table', () => tools.call('describe_table', { table_name: 'sales.Ordrs' })],
      ['an unknown table of a sample', () => tools.call('get_table_sample', { table_name: 'Nope' })],
      ['SQL error 208', () => tools.call('execute_sql', { query: 'SELECT * FROM sales.Ordrs' })],
      ['SQL error 207', () => tools.call('execute_sql', { query: 'SELECT totl FROM sales.Orders' })],
    ])('is not for %s', async (_what, act) => {
      expect(await wholeReads(() => expect(act()).rejects.toMatchObject({ hint: expect.any(String) }))).toBe(0);
    });

    it('is not for a keystroke of a completion', async () => {
      const names = new CatalogNames(tools.module.get(CatalogService));
      const reads = await wholeReads(async () => {
        for (const typed of ['s', 'sa', 'sal']) {
          expect(await names.schemas(typed, call())).toEqual(['sales']);
          expect(await names.tableNames(`${typed}`, call())).toContain('sales.Orders');
          expect(await names.columns('sales.Orders', 'ord', call())).toEqual(['order_id']);
        }
      });
      expect(reads).toBe(0);
    });

    it('completes names with odd characters, and their columns', async () => {
      const names = new CatalogNames(tools.module.get(CatalogService));
      for (const typed of ['sales.order_', 'sales.[Order_', 'order_', '[order_'])
        expect(await names.tableNames(typed, call())).toEqual(['sales.[Order_Lines %]']);
      expect(await names.columns('sales.[Order_Lines %]', '', call())).toEqual(['line_id', 'odd ]column']);
      expect(await names.columns('sales.[Order_Lin', '', call())).toEqual([]);
    });
  });
});
