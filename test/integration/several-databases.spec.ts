import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { DatabaseStatus } from '../../src/database/connection/database-status.js';
import { openTestDatabase, sandboxConfig, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const suffix = randomBytes(4).toString('hex');
const ARCHIVE = `Archive_${suffix}`;
const PAYROLL = `Payroll_${suffix}`;
const MISSING = `Missing_${suffix}`;
const PASSWORD = `Aa1!${randomBytes(8).toString('hex')}`;
const READER = `reader_${suffix}`;

const inside = (database: string, ...statements: string[]): string =>
  statements.map(text => `EXEC [${database}].sys.sp_executesql N'${text.replaceAll("'", "''")}'`).join('\nGO\n');

describe('a tenant with several databases', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let own: string;

  const servicesFor = (settings: object) => {
    const config = Object.assign(Object.create(Object.getPrototypeOf(database.config) as object), database.config, {
      user: READER,
      password: PASSWORD,
    });
    return toolServices({ ...database, config }, { settings });
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    own = database.config.database;
    await database.execute(
      [
        `CREATE LOGIN ${READER} WITH PASSWORD = '${PASSWORD}'`,
        `CREATE DATABASE [${ARCHIVE}]`,
        `CREATE DATABASE [${PAYROLL}]`,
        'CREATE SCHEMA sales',
        'CREATE TABLE sales.Orders (id int NOT NULL CONSTRAINT PK_O PRIMARY KEY)',
        'INSERT INTO sales.Orders VALUES (1)',
        inside(
          ARCHIVE,
          'CREATE SCHEMA sales',
          'CREATE TABLE sales.Orders (id int NOT NULL CONSTRAINT PK_A PRIMARY KEY, old int NULL)',
          'INSERT INTO sales.Orders VALUES (7, 70), (8, 80)',
          'CREATE TABLE dbo.Old (id int NOT NULL)',
          'CREATE VIEW dbo.Recent AS SELECT id FROM sales.Orders',
          'CREATE FUNCTION dbo.Twice (@n int) RETURNS int AS BEGIN RETURN @n * 2 END',
          `CREATE SYNONYM dbo.Wages FOR [${PAYROLL}].dbo.Wages`,
        ),
        inside(
          PAYROLL,
          'CREATE TABLE dbo.Wages (id int NOT NULL, amount int NULL)',
          'INSERT INTO dbo.Wages VALUES (1, 4711)',
        ),
        inside(
          PAYROLL,
          'CREATE FUNCTION dbo.[value] (@a int) RETURNS int AS BEGIN RETURN (SELECT MAX(amount) FROM dbo.Wages) END',
          'CREATE FUNCTION dbo.nodes (@a int) RETURNS TABLE AS RETURN SELECT amount FROM dbo.Wages',
        ),
        'CREATE FUNCTION dbo.[query] (@a int) RETURNS int AS BEGIN RETURN 5 END',
        `CREATE SYNONYM dbo.Past FOR [${ARCHIVE}].sales.Orders`,
        `CREATE SYNONYM dbo.Pay FOR [${PAYROLL}].dbo.Wages`,
        `CREATE SYNONYM dbo.Far FOR [far].[${ARCHIVE}].dbo.Old`,
        `CREATE SYNONYM sales.PayToo FOR [${PAYROLL}].dbo.Wages`,
        `CREATE VIEW dbo.Leak AS SELECT amount FROM [${PAYROLL}].dbo.Wages`,
        'CREATE VIEW sales.LeakOfLeak AS SELECT amount FROM dbo.Leak',
        `CREATE VIEW dbo.LeakThroughArchive AS SELECT id FROM [${ARCHIVE}].dbo.Wages`,
        'CREATE FUNCTION dbo.LeakyFunction () RETURNS TABLE AS RETURN SELECT amount FROM dbo.Pay',
        `CREATE VIEW dbo.Fine AS SELECT id FROM [${ARCHIVE}].sales.Orders`,
      ].join('\nGO\n'),
    );
    for (const name of [own, ARCHIVE, PAYROLL])
      await database.execute(
        inside(
          name,
          `CREATE USER ${READER} FOR LOGIN ${READER}`,
          `ALTER ROLE db_datareader ADD MEMBER ${READER}`,
          `GRANT VIEW DEFINITION TO ${READER}`,
          `GRANT SELECT ON sys.sql_expression_dependencies TO ${READER}`,
        ),
      );
    for (const name of [own, ARCHIVE]) await database.execute(inside(name, `GRANT EXECUTE TO ${READER}`));
    tools = await servicesFor({ databases: [ARCHIVE, MISSING] });
  });
  afterAll(async () => {
    await tools.close();
    if (!database.sandbox)
      await database.execute(`DROP DATABASE [${ARCHIVE}]\nGO\nDROP DATABASE [${PAYROLL}]\nGO\nDROP LOGIN ${READER}`);
    await database.close();
  });

  const rowsOf = async (query: string, more: object = {}) =>
    (await tools.call('execute_sql', { query }, { principal: testPrincipal('ann', more) })).data.rows;

  describe('reads', () => {
    it.each([
      ['a listed database', () => `SELECT SUM(id) FROM ${ARCHIVE}.sales.Orders`, 15],
      ['quoted and in another case', () => `SELECT SUM(id) FROM [${ARCHIVE.toUpperCase()}].sales.Orders`, 15],
      [
        'a join of two databases',
        () => `SELECT SUM(a.id) FROM sales.Orders AS o JOIN ${ARCHIVE}.sales.Orders AS a ON a.id > o.id`,
        15,
      ],
      ['a function of it', () => `SELECT ${ARCHIVE}.dbo.Twice(21)`, 42],
      ['a view of it', () => `SELECT SUM(id) FROM ${ARCHIVE}.dbo.Recent`, 15],
      ['a synonym that leads to it', () => 'SELECT SUM(id) FROM dbo.Past', 15],
      ['a view that reads it', () => 'SELECT SUM(id) FROM dbo.Fine', 15],
      [
        'a subquery',
        () => `SELECT (SELECT MAX(id) FROM ${ARCHIVE}.sales.Orders WHERE id IN (SELECT id FROM ${ARCHIVE}.dbo.Recent))`,
        8,
      ],
    ])('%s', async (_what, query, expected) => {
      expect(await rowsOf(query())).toEqual([[expected]]);
    });

    it('a sample of a table in another database', async () => {
      const { data } = await tools.call('get_table_sample', { table_name: `${ARCHIVE.toLowerCase()}.sales.Orders` });
      expect(data.rows).toHaveLength(2);
    });
  });

  describe('reaches nothing else', () => {
    it.each([
      ['its name', () => `SELECT * FROM ${PAYROLL}.dbo.Wages`],
      ['a quoted name', () => `SELECT * FROM "${PAYROLL}"..[Wages]`],
      ['a synonym', () => 'SELECT * FROM dbo.Pay'],
      ['a synonym without its schema', () => 'SELECT * FROM Pay'],
      ['a synonym without its schema, in another case', () => 'SELECT * FROM [PAY]'],
      ['a synonym with the own database in front', () => `SELECT * FROM [${own}]..Pay`],
      ['a synonym of another listed database', () => `SELECT * FROM ${ARCHIVE}.dbo.Wages`],
      ['a synonym behind a comma', () => 'SELECT 1 FROM sales.Orders, Pay'],
      ['a synonym in a subquery', () => 'SELECT (SELECT MAX(amount) FROM Pay)'],
      ['a synonym to another server', () => 'SELECT * FROM dbo.Far'],
      ['a view', () => 'SELECT * FROM dbo.Leak'],
      ['a view of a view', () => 'SELECT * FROM sales.LeakOfLeak'],
      ['a view over a synonym of another database', () => 'SELECT * FROM dbo.LeakThroughArchive'],
      ['a function', () => 'SELECT * FROM dbo.LeakyFunction()'],
      ['a function with the name of a method', () => `SELECT ${PAYROLL}.dbo.value(1)`],
      ['a rowset with the name of a method', () => `SELECT * FROM ${PAYROLL}.dbo.nodes(1) AS n`],
      ['master', () => 'SELECT * FROM master..spt_values'],
      ['tempdb', () => 'SELECT * FROM tempdb.sys.tables'],
      ['another server', () => `SELECT * FROM far.${ARCHIVE}.dbo.Old`],
      ['OPENROWSET', () => "SELECT * FROM OPENROWSET('MSOLEDBSQL', 'Server=.', 'SELECT 1') AS x"],
      ['USE', () => `USE ${ARCHIVE}; SELECT * FROM dbo.Old`],
      ['USE of a database that is not listed', () => `USE ${PAYROLL} SELECT * FROM dbo.Wages`],
    ])('by %s', async (_what, query) => {
      await expect(rowsOf(query())).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    });

    it('lists and describes nothing of it', async () => {
      for (const [tool, args] of [
        ['list_tables', { database: PAYROLL }],
        ['describe_table', { table_name: 'dbo.Wages', database: PAYROLL }],
        ['describe_table', { table_name: `${PAYROLL}.dbo.Wages` }],
        ['describe_object', { name: 'dbo.x', database: 'master' }],
        ['get_table_sample', { table_name: `${PAYROLL}.dbo.Wages` }],
      ] as const)
        await expect(tools.call(tool, args)).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          details: { databases: [own, ARCHIVE, MISSING] },
        });
      const { data } = await tools.call('describe_table', { table_name: 'dbo.Pay' });
      expect(data.columns).toEqual([]);
    });
  });

  describe('describes and lists', () => {
    it('the tables of each database by itself', async () => {
      const { data, text } = await tools.call('list_tables', { database: ARCHIVE });
      expect(data).toMatchObject({
        database: ARCHIVE,
        tables: [{ name: 'Old' }, { name: 'Wages' }, { name: 'Orders' }],
      });
      expect(text).toContain(`tables of ${ARCHIVE}`);
      const { data: home } = await tools.call('list_tables', { schema: 'sales' });
      expect(home).not.toHaveProperty('database');
      expect(home.tables).toMatchObject([{ name: 'Orders' }, { name: 'PayToo' }]);
    });

    it('a table by three parts, by the argument, and by a synonym', async () => {
      for (const args of [
        { table_name: `${ARCHIVE}.sales.Orders` },
        { table_name: `[${ARCHIVE.toLowerCase()}]..Orders` },
        { table_name: 'sales.Orders', database: ARCHIVE },
      ]) {
        const { data } = await tools.call('describe_table', args);
        expect(data).toMatchObject({ database: ARCHIVE, schema: 'sales', columns: [{ name: 'id' }, { name: 'old' }] });
      }
      const { data: past } = await tools.call('describe_table', { table_name: 'Past' });
      expect(past).toMatchObject({ table: 'Past', columns: [{ name: 'id' }, { name: 'old' }] });
      const { data } = await tools.call('describe_table', { table_names: ['sales.Orders', `${ARCHIVE}.sales.Orders`] });
      expect(data.tables).toMatchObject([{ column_count: 1 }, { database: ARCHIVE, column_count: 2 }]);
    });

    it('a module, and the values of a table', async () => {
      const { data } = await tools.call('describe_object', { name: `${ARCHIVE}.dbo.Recent` });
      expect(data).toMatchObject({ database: ARCHIVE, type: 'view', depends_on: ['sales.Orders'] });
      const profile = await tools.call('describe_table', { table_name: `${ARCHIVE}.sales.Orders`, profile: true });
      expect(profile.data.columns[1].profile).toMatchObject({ distinct: 2, max: 80 });
    });
  });

  describe('for a person with rules', () => {
    const rules = { schemas: ['sales'], tables: [`${ARCHIVE}.dbo.Recent`] };

    it('applies an entry without a database in each, and one with a database there', async () => {
      const principal = testPrincipal('eve', { access: rules });
      const { data } = await tools.call('list_tables', { database: ARCHIVE, include_views: true }, { principal });
      expect(data.tables.map(({ name }: { name: string }) => name)).toEqual(['Recent', 'Orders']);
      expect(await rowsOf(`SELECT SUM(id) FROM ${ARCHIVE}.sales.Orders`, { access: rules })).toEqual([[15]]);
      expect(await rowsOf(`SELECT SUM(id) FROM ${ARCHIVE}.dbo.Recent`, { access: rules })).toEqual([[15]]);
      for (const query of [
        `SELECT * FROM ${ARCHIVE}.dbo.Old`,
        'SELECT * FROM dbo.Recent',
        `SELECT ${ARCHIVE}.dbo.Twice(1)`,
      ])
        await expect(rowsOf(query, { access: rules })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      await expect(
        tools.call('describe_table', { table_name: `${ARCHIVE}.dbo.Old` }, { principal }),
      ).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
    });

    it('refuses a function outside of the limits that has the name of a method', async () => {
      for (const query of ['SELECT dbo.query(1)', `SELECT ${own}.dbo.query(1)`])
        await expect(rowsOf(query, { access: rules })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      expect(await rowsOf('SELECT dbo.query(1)')).toEqual([[5]]);
    });

    it('still refuses a synonym of an open schema that leads elsewhere', async () => {
      await expect(rowsOf('SELECT * FROM sales.PayToo', { access: rules })).rejects.toMatchObject({
        code: 'READ_ONLY_VIOLATION',
      });
    });
  });

  it('says which database can not be opened', async () => {
    const report = await tools.module.get(DatabaseStatus).check(tools.tenant, 5_000);
    expect(report).toMatchObject({ status: 'connected', unavailable: [MISSING], writable: [] });
    await expect(tools.call('list_tables', { database: MISSING })).rejects.toMatchObject({ code: expect.any(String) });
  });

  describe('with a login that can write in one of them', () => {
    let strict: ToolServices;

    beforeAll(async () => {
      strict = await servicesFor({ databases: [ARCHIVE, MISSING], requireReadonlyLogin: true });
    });
    afterAll(async () => {
      await strict.close();
    });

    it('refuses a tenant that requires a read-only login, and what is not known to be read-only', async () => {
      expect((await strict.call('execute_sql', { query: 'SELECT 1 AS a' })).data.rows).toEqual([[1]]);
      await expect(strict.call('execute_sql', { query: `SELECT * FROM ${MISSING}.dbo.T` })).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringContaining(MISSING),
      });
      await database.execute(inside(ARCHIVE, `GRANT INSERT ON dbo.Old TO ${READER}`));
      const writer = await servicesFor({ databases: [ARCHIVE], requireReadonlyLogin: true });
      await expect(writer.call('execute_sql', { query: 'SELECT 1 AS a' })).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
      });
      await writer.close();
      const plain = await servicesFor({ databases: [ARCHIVE] });
      await plain.call('execute_sql', { query: 'SELECT 1 AS a' });
      expect(await plain.module.get(DatabaseStatus).check(plain.tenant, 5_000)).toMatchObject({ writable: [ARCHIVE] });
      await plain.close();
    });
  });

  it('leaves a tenant of one database as it was', async () => {
    const single = await servicesFor({});
    expect((await single.call('execute_sql', { query: 'SELECT SUM(amount) AS s FROM dbo.Leak' })).data.rows).toEqual([
      [4711],
    ]);
    expect(
      (await single.call('execute_sql', { query: `SELECT SUM(id) AS s FROM [${own.toUpperCase()}].sales.Orders` })).data
        .rows,
    ).toEqual([[1]]);
    await expect(single.call('execute_sql', { query: `SELECT * FROM ${ARCHIVE}.dbo.Old` })).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    await single.close();
  });
});

// The sandbox ignores case, so a fault plays a server that distinguishes it.
describe('a server that may distinguish the case of names', () => {
  let sandbox: Sandbox;
  let tools: ToolServices;

  beforeAll(async () => {
    sandbox = await startSandbox({
      seed: { sql: 'CREATE TABLE dbo.T (id int NOT NULL); CREATE DATABASE Archive' },
      faults: [{ kind: 'raise-error', number: 208, text: 'DB_ID(@upper)', times: 0 }],
    });
    tools = await toolServices({ config: sandboxConfig(sandbox) } as TestDatabase, {
      settings: { databases: ['Archive'] },
    });
  });
  afterAll(async () => {
    await tools.close();
    await sandbox.close();
  });

  it.each([
    ['ARCHIVE.sys.tables', 'Archive'],
    ['sandboxdb.dbo.T', 'SandboxDb'],
  ])('takes no other spelling than that of the settings: %s', async (name, spelling) => {
    await expect(tools.call('execute_sql', { query: `SELECT * FROM ${name}` })).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
      hint: expect.stringContaining(spelling),
    });
    const exact = name.replace(/^[^.]+/, spelling);
    await tools.call('execute_sql', { query: `SELECT COUNT(*) AS n FROM ${exact}` });
  });
});
