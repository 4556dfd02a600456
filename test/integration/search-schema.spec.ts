import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Principal } from '../../src/common/principal.js';
import type { TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { DefinitionsPort, type SearchDefinitions } from '../../src/search/definitions.port.js';
import { SchemaReader } from '../../src/search/catalog/schema.reader.js';
import { SchemaIndexes } from '../../src/search/index/schema-indexes.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { SEARCH_SHOP } from '../support/search-shop.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

describe('search_schema', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  const restore: (() => unknown)[] = [];

  const open = async (settings: Partial<TenantConfig> = {}, more = '') => {
    database = await openTestDatabase();
    restore.push(() => database.close());
    await database.execute(SEARCH_SHOP + (more === '' ? '' : `\nGO\n${more}`));
    tools = await toolServices(database, { settings });
    restore.push(() => tools.close());
  };
  const search = async (words: string, args: object = {}, principal: Partial<Principal> = {}) => {
    const call = () => tools.call('search_schema', { words, ...args }, { principal: testPrincipal('ann', principal) });
    await call();
    await tools.module.get(SchemaIndexes).settled(tools.tenant);
    return (await call()).data;
  };
  const names = (data: { matches: { kind: string; schema?: string; name: string; column?: string }[] }) =>
    data.matches.map(({ kind, schema, name, column }) => [kind, schema, name, column].filter(Boolean).join(' '));

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const close of restore.splice(0).reverse()) await close();
  });

  it('finds every kind of object, and says why each matches', async () => {
    await open();
    const schema = tools.registry.find(tools.tenant, 'search_schema')?.descriptor.outputSchema ?? {};
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const [words, expected] of [
      ['groesstkunde', 'table sales Customers'],
      ['open invoice', 'view sales OpenInvoices'],
      ['month to close', 'procedure sales CloseMonth'],
      ['unit price', 'column sales OrderLines unit_price'],
      ['unit price', 'table sales OrderLines'],
      ['order note', 'table sales OrderNotes'],
      ['custmoers', 'table sales Customers'],
      ['clientes', 'table sales Customers'],
      ['ustome', 'table sales Customers'],
    ] as const) {
      const data = await search(words);
      expect([words, names(data).slice(0, 4)]).toEqual([words, expect.arrayContaining([expected])]);
      expect([validate(data), validate.errors]).toEqual([true, null]);
      expect(data.matches.every(({ why }: { why: string }) => why !== '')).toBe(true);
    }
    expect(names(await search('unit price', { kinds: ['column'] }))).toEqual(['column sales OrderLines unit_price']);
    expect(names(await search('orders', { limit: 1 }))).toHaveLength(1);
    await expect(search('orders', { schema: 'slaes' })).rejects.toMatchObject({
      code: 'UNKNOWN_SCHEMA',
      details: { nearest: ['sales'] },
    });
  });

  it('joins by every key between two tables with its role, by composite keys, and a table with itself', async () => {
    await open();
    const { joins } = await search('orders with lines, notes, customers and addresses');
    expect(joins).toEqual(
      expect.arrayContaining([
        {
          from: 'sales.Orders',
          to: 'sales.Addresses',
          on: 'sales.Orders.ship_to_address_id = sales.Addresses.address_id',
          cardinality: 'n:1',
          source: 'foreign_key',
          role: 'ship to',
        },
        expect.objectContaining({
          on: 'sales.Orders.bill_to_address_id = sales.Addresses.address_id',
          role: 'bill to',
        }),
        expect.objectContaining({
          on: 'sales.OrderLines.order_id = sales.Orders.order_id AND sales.OrderLines.year = sales.Orders.year',
          cardinality: 'n:1',
        }),
        expect.objectContaining({ from: 'sales.OrderNotes', cardinality: '1:1' }),
        expect.objectContaining({
          to: 'sales.Customers AS Customers_2',
          on: 'sales.Customers.referred_by_customer_id = Customers_2.customer_id',
          role: 'referred by',
        }),
      ]),
    );
  });

  it('adds joins that were declared, and those that queries used with their number', async () => {
    await open(
      {},
      `ALTER DATABASE CURRENT SET QUERY_STORE = ON
GO
SELECT l.unit_price FROM sales.OrderLines AS l JOIN sales.Products p ON l.product_id = p.product_id WHERE p.title = N'VALUE1'
GO
SELECT l.unit_price FROM sales.OrderLines AS l JOIN sales.Products p ON l.product_id = p.product_id WHERE p.title = N'VALUE1'
GO
ALTER DATABASE CURRENT SET QUERY_STORE = OFF`,
    );
    tools.module.get(DefinitionsPort).use({ definitionsOf: () => DEFINITIONS });
    const { joins } = await search('order lines, products, audience');
    expect(joins).toEqual(
      expect.arrayContaining([
        {
          from: 'sales.OrderLines',
          to: 'sales.Products',
          on: 'sales.OrderLines.product_id = sales.Products.product_id',
          cardinality: 'n:1',
          source: 'used',
          role: 'product id',
          uses: 2,
        },
        expect.objectContaining({
          from: 'sales.Audience',
          to: 'sales.Customers',
          source: 'declared',
          cardinality: '1:1',
        }),
        expect.objectContaining({
          from: 'sales.OrderLines',
          to: 'sales.Products',
          source: 'declared',
          cardinality: 'n:1',
        }),
      ]),
    );
    expect(JSON.stringify(joins)).not.toContain('VALUE1');
  });

  it('finds values of lookup tables and of statistics, and tells their age', async () => {
    await open();
    const data = await search('what did Northwind Traders buy in malaga?');
    expect(data.matches).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'value', column: 'CompanyName', value: 'Northwind Traders' }),
        expect.objectContaining({ kind: 'value', column: 'city', value: 'Málaga' }),
      ]),
    );
    expect(data.matches.find(({ kind }: { kind: string }) => kind === 'value').why).toMatch(
      /read from the table on 20/,
    );
    await database.execute('UPDATE STATISTICS sales.Addresses WITH ROWCOUNT = 1000000');
    await tools.close();
    tools = await toolServices(database);
    const [first] = (await search('Málaga', { kinds: ['value'] })).matches;
    expect(first).toMatchObject({ value: 'Málaga', why: expect.stringMatching(/^in statistics of 20/) });
    expect((await search('Contoos', { kinds: ['value'] })).matches[0]).toMatchObject({ value: 'Contoso' });
  });

  it('does not wait for values at the first call, and says so', async () => {
    await open();
    const { data } = await tools.call('search_schema', { words: 'customers' });
    expect(names(data)).toContain('table sales Customers');
    expect(data.left_out).toMatch(/still being read/);
    expect((await search('customers')).left_out ?? '').not.toMatch(/still being read/);
  });

  it('makes one index for calls at the same time, and a caller who leaves does not end it', async () => {
    await open();
    const read = jest.spyOn(SchemaReader.prototype, 'read');
    const leaving = new AbortController();
    const left = tools.call('search_schema', { words: 'customers' }, { signal: leaving.signal });
    const others = [1, 2, 3].map(() => tools.call('search_schema', { words: 'customers' }));
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    for (const { data } of await Promise.all(others)) expect(names(data)).toContain('table sales Customers');
    expect(read).toHaveBeenCalledTimes(1);
  });

  it.each<readonly [string, Partial<TenantConfig>, string]>([
    ['value_search is off', { valueSearch: 'off' }, ''],
    ['access rules have attributes', { access: [{ user: 'bob', scope: 'sql:read', attributes: { region: 'x' } }] }, ''],
    [
      'a table has row-level security',
      {},
      `CREATE FUNCTION sales.mine (@id int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS ok WHERE @id = 1
GO
CREATE SECURITY POLICY sales.ours ADD FILTER PREDICATE sales.mine(product_id) ON sales.Products WITH (STATE = ON)`,
    ],
  ])('knows no value where %s, and says so', async (_why, settings, more) => {
    await open(settings, more);
    const data = await search('Northwind Traders');
    expect(JSON.stringify(data)).not.toContain('Northwind');
    expect(data.left_out).toMatch(/no values: /);
  });

  it('reads values in spite of it with value_search: always', async () => {
    await open({
      valueSearch: 'always',
      access: [{ user: 'bob', scope: 'sql:read', attributes: { region: 'x' } }],
    });
    expect((await search('Northwind Traders')).matches[0]).toMatchObject({ value: 'Northwind Traders' });
  });

  it('shows no value of a protected column, nor to a person who may not read rows', async () => {
    await open({ protectedColumns: ['*iban*', 'Customers.company*'] });
    expect(JSON.stringify(await search('XX01 SECRETIBAN'))).not.toContain('XX01');
    expect(JSON.stringify(await search('Northwind Traders'))).not.toContain('Northwind');
    expect((await search('Espresso machine')).matches[0]).toMatchObject({ value: 'Espresso machine' });
    const blind = await search('Espresso machine', {}, { access: { tools: ['search_schema', 'list_tables'] } });
    expect(JSON.stringify(blind)).not.toContain('Espresso');
    expect(blind.left_out).toMatch(/no tool that reads rows/);
  });

  it.each<readonly [string, Principal['access'], readonly string[]]>([
    [
      'only a schema',
      { schemas: ['sales'] },
      ['secret', 'Payrolls', 'payrolls', 'Loans', 'zanzibar', 'Quokka', 'salaries'],
    ],
    [
      'only two tables',
      { tables: ['sales.Customers', 'sales.Products'] },
      ['Orders', 'OrderLines', 'Loans', 'Addresses', 'Málaga', 'Quokka', 'zanzibar'],
    ],
  ])('names nothing hidden to a person who may use %s', async (_what, access, hidden) => {
    await open();
    tools.module.get(DefinitionsPort).use({ definitionsOf: () => DEFINITIONS });
    await search('warm up');
    for (const words of [
      ...['payrolls', 'secret.Payrolls', 'payrols', 'zanzibar salaries', 'zanzibra', 'Quokka grade', 'Quoka', 'grade'],
      ...[
        'loans of customers',
        'customers and products',
        'loan_id',
        'bonus rule',
        'Málaga',
        'orders',
        'order lines products',
      ],
    ]) {
      for (const args of [{}, { kinds: ['value', 'column', 'definition'] }, { limit: 50 }]) {
        const text = JSON.stringify(await search(words, args, { access }));
        expect([
          words,
          hidden.filter(name => text.includes(name) && !words.toLowerCase().includes(name.toLowerCase())),
        ]).toEqual([words, []]);
        expect(text).not.toMatch(/secret\.|Payrolls|Loans/);
      }
    }
    const { joins } = await search('customers and products', {}, { access });
    expect(joins.map(({ from, to }: { from: string; to: string }) => from + to).join()).not.toContain('secret');
  });

  it('shows a definition only to a person who may use all of its tables', async () => {
    await open();
    tools.module.get(DefinitionsPort).use({ definitionsOf: () => DEFINITIONS });
    expect(names(await search('bonus rule'))).toContain('definition bonus');
    expect(names(await search('bonus rule', {}, { access: { schemas: ['sales'] } }))).not.toContain('definition bonus');
    const [customers] = (await search('regulars')).matches.filter(({ name }: { name: string }) => name === 'Customers');
    expect(customers).toMatchObject({
      why: expect.stringContaining('regulars in a definition'),
      caution: 'Before 2019 in DM.',
    });
  });

  it('notices a changed schema, also a changed description', async () => {
    await open();
    await search('customers');
    await database.execute('CREATE TABLE sales.Giraffes (giraffe_id int NOT NULL)');
    await database.execute(
      "EXEC sys.sp_updateextendedproperty N'MS_Description', N'Okapis', N'SCHEMA', N'sales', N'TABLE', N'Customers'",
    );
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 3_600_000);
    expect(names(await search('giraffe'))[0]).toBe('table sales Giraffes');
    expect(names(await search('okapi'))[0]).toBe('table sales Customers');
  });

  it('searches another database of the tenant, under the rules for that one', async () => {
    const archive = `Archive_${randomBytes(4).toString('hex')}`;
    const inArchive = (statement: string): string =>
      `EXEC [${archive}].sys.sp_executesql N'${statement.replaceAll("'", "''")}'`;
    await open(
      { databases: [archive] },
      [
        `CREATE DATABASE [${archive}]`,
        inArchive(
          'CREATE TABLE dbo.OldOrders (id int NOT NULL CONSTRAINT PK_Old PRIMARY KEY, remark nvarchar(40) NULL)',
        ),
        inArchive("INSERT dbo.OldOrders VALUES (1, N'Burnt mill')"),
        inArchive('CREATE TABLE dbo.Hidden (id int NOT NULL)'),
      ].join('\nGO\n'),
    );
    restore.push(() => database.execute(`DROP DATABASE [${archive}]`));
    const within = async (words: string, access: Principal['access'] = {}) => {
      const call = () =>
        tools.call('search_schema', { words, database: archive }, { principal: testPrincipal('ann', { access }) });
      await call();
      await tools.module.get(SchemaIndexes).settled(tools.tenant, { database: archive });
      return (await call()).data;
    };
    expect(names(await within('orders'))).toEqual(['table dbo OldOrders']);
    expect((await within('burnt mill')).matches[0]).toMatchObject({ kind: 'value', value: 'Burnt mill' });
    expect(names(await search('customers'))).toContain('table sales Customers');
    expect(names(await within('hidden', { tables: [`${archive}.dbo.OldOrders`] }))).toEqual([]);
    // An index that was not used for half an hour is forgotten when another one is used.
    const read = jest.spyOn(SchemaReader.prototype, 'read');
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 7_200_000);
    await within('orders');
    expect(read).not.toHaveBeenCalled();
    await search('customers');
    expect(read).toHaveBeenCalledTimes(1);
    await expect(search('orders', { database: 'Elsewhere' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('leaves neither words nor values in the audit trail', async () => {
    await open();
    await search('Northwind Traders in Málaga');
    const trail = readdirSync(tools.directory)
      .filter(file => file.startsWith('audit'))
      .map(file => readFileSync(path.join(tools.directory, file), 'utf8'))
      .join('');
    expect(trail).toContain('search_schema');
    expect(trail).not.toMatch(/Northwind|laga/);
  });
});

const DEFINITIONS: SearchDefinitions = {
  version: '1',
  definitions: [
    {
      name: 'regulars',
      type: 'term',
      synonyms: ['loyal buyers'],
      places: [{ schema: 'sales', table: 'Customers' }],
    },
    {
      name: 'bonus',
      type: 'metric',
      synonyms: ['bonus rule'],
      meaning: 'zanzibar share of secret.Payrolls',
      places: [
        { schema: 'sales', table: 'Customers' },
        { schema: 'secret', table: 'Payrolls' },
      ],
    },
  ],
  joins: [
    {
      from: { schema: 'sales', table: 'Audience' },
      fromColumns: ['audience_id'],
      to: { schema: 'sales', table: 'Customers' },
      toColumns: ['customer_id'],
    },
    {
      from: { schema: 'sales', table: 'OrderLines' },
      fromColumns: ['unit_price'],
      to: { schema: 'sales', table: 'Products' },
      toColumns: ['title'],
      cardinality: 'n:1',
    },
  ],
  cautions: [{ place: { schema: 'sales', table: 'Customers' }, text: 'Before 2019 in DM.' }],
};
