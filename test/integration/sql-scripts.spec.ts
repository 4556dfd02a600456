import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mssql from 'mssql';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import { type TestDatabase, openTestDatabase, testCall, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const SHOP = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Orders (OrderID int NOT NULL PRIMARY KEY, Region nvarchar(40) NULL, Total int NOT NULL DEFAULT 0)
GO
CREATE TABLE dbo.Notes (NoteID int NOT NULL PRIMARY KEY)
GO
CREATE PROCEDURE sales.CountOrders AS SELECT COUNT(*) FROM sales.Orders
GO
INSERT INTO sales.Orders (OrderID, Region) VALUES (1, N'north'), (2, N'north'), (3, N'south')
GO
INSERT INTO dbo.Notes VALUES (1)
`;

const PASSWORD = `Aa1!${randomBytes(12).toString('hex')}`;
const suffix = randomBytes(4).toString('hex');
const READER = `mcp_reader_${suffix}`;
const WRITER = `mcp_writer_${suffix}`;

/** A script's batches as sqlcmd -v sends them. An unset variable is an error, as in sqlcmd. */
function script(name: string, variables: Readonly<Record<string, string>>): string {
  return readFileSync(`scripts/sql/${name}.sql`, 'utf8').replace(/\$\((\w+)\)/g, (_all, variable: string) => {
    const value = variables[variable];
    if (value === undefined) throw new Error(`'${variable}' scripting variable not defined.`);
    return value;
  });
}

/** The sandbox refuses password policies; ON is the default of CREATE LOGIN. */
function known(text: string, { sandbox }: TestDatabase): string {
  return sandbox ? text.replace(', CHECK_POLICY = ON', '') : text;
}

function connect(config: DatabaseConfig, user: string, password: string): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    server: config.host,
    port: config.port,
    user,
    password,
    database: config.database,
    options: { encrypt: true, trustServerCertificate: true },
    pool: { max: 1 },
  }).connect();
}

describe('scripts/sql', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  const pools: mssql.ConnectionPool[] = [];

  const as = async (user: string): Promise<mssql.ConnectionPool> => {
    const pool = await connect(database.config, user, PASSWORD);
    pools.push(pool);
    return pool;
  };
  const tenantOf = (user: string, settings: Parameters<typeof testTenant>[1] = {}) =>
    testTenant(Object.assign(new DatabaseConfig(), database.config, { user, password: PASSWORD }), {
      name: user,
      ...settings,
    });

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    await database.execute(SHOP);
    const variables = { Database: database.config.database, Password: PASSWORD, Schema: 'sales' };
    // Run it twice, because docker/sqlserver/load.sh runs it at every start.
    for (let run = 0; run < 2; run++) {
      await database.execute(known(script('create-readonly-login', { ...variables, Login: READER }), database));
      await database.execute(known(script('create-writer-login', { ...variables, Login: WRITER }), database));
      await database.execute(script('row-level-security', variables));
    }
  }, 60_000);

  afterAll(async () => {
    await services.close();
    for (const pool of pools) await pool.close();
    if (!database.sandbox) await database.execute(`USE master\nGO\nDROP LOGIN [${READER}]\nGO\nDROP LOGIN [${WRITER}]`);
    await database.close();
  });

  it.each(['create-readonly-login', 'create-writer-login'])('%s: each permission is a batch of its own', name => {
    const batches = readFileSync(`scripts/sql/${name}.sql`, 'utf8').replace(/--.*/g, '').split(/^GO$/m);
    const permissions = batches.filter(batch => /\b(?:GRANT|DENY|ALTER ROLE)\b/.test(batch));
    expect(permissions.length).toBeGreaterThan(8);
    for (const batch of permissions)
      expect(batch.trim()).toMatch(
        /^(?:ALTER ROLE \w+ ADD MEMBER|(?:GRANT|DENY) [A-Z ]+ (?:ON \S+ )?TO) \[\$\(Login\)\];$/,
      );
  });

  it('create-readonly-login: the login connects with its password only', async () => {
    await expect(connect(database.config, READER, 'another')).rejects.toMatchObject({ code: 'ELOGIN' });
    const reader = await as(READER);
    const { recordset } = await reader.query('SELECT COUNT(*) AS notes FROM dbo.Notes');
    expect(recordset).toEqual([{ notes: 1 }]);
  });

  it.each([
    ['INSERT INTO sales.Orders (OrderID) VALUES (9)', 229],
    ['UPDATE sales.Orders SET Total = 1', 229],
    ['DELETE FROM sales.Orders', 229],
    ['TRUNCATE TABLE sales.Orders', 1088, 4701],
    ['SELECT * INTO dbo.Copy FROM sales.Orders', 262],
    ['CREATE TABLE dbo.Mine (id int)', 262],
    ['EXEC sales.CountOrders', 229],
    ['DROP TABLE sales.Orders', 3701],
    ['ALTER TABLE sales.Orders ADD Extra int', 1088],
  ])(
    'create-readonly-login: the database refuses %s when the driver sends it directly',
    async (statement, ...numbers) => {
      const reader = await as(READER);
      const error = await reader.query(statement).catch((refusal: mssql.RequestError) => refusal);
      expect(numbers).toContain((error as mssql.RequestError).number);
    },
  );

  it('create-readonly-login: the server accepts the login with REQUIRE_READONLY_LOGIN, and needs no transaction', async () => {
    const tenant = tenantOf(READER, { requireReadonlyLogin: true });
    const result = await services.queries.read('SELECT @@TRANCOUNT, COUNT(*) FROM dbo.Notes', testCall(tenant));
    expect(result.resultSets[0]?.rows).toEqual([[0, 1]]);
  });

  it('create-readonly-login: describe_table returns the defaults', async () => {
    const described = await services.catalog.table(tenantOf(READER), { schema: 'sales', name: 'Orders' });
    expect(JSON.stringify(described)).toMatch(/\(\(0\)\)/);
  });

  it('create-writer-login: the login writes data of the named schema and nothing else', async () => {
    const writer = await as(WRITER);
    await database.execute(`ALTER ROLE orders_of_all_regions ADD MEMBER [${WRITER}]`);
    expect((await writer.query('UPDATE sales.Orders SET Total = 5 WHERE OrderID = 1')).rowsAffected).toEqual([1]);
    await database.execute(`ALTER ROLE orders_of_all_regions DROP MEMBER [${WRITER}]`);
    for (const statement of [
      'DELETE FROM dbo.Notes',
      'EXEC sales.CountOrders',
      'CREATE TABLE sales.Mine (id int)',
      'SELECT * INTO sales.Copy FROM sales.Orders',
    ]) {
      await expect(writer.query(statement)).rejects.toMatchObject({ number: expect.any(Number) });
    }
    const refused = services.queries.read('SELECT 1', testCall(tenantOf(WRITER, { requireReadonlyLogin: true })));
    await expect(refused).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  describe('row-level-security', () => {
    const regionsSeenBy = async (attributes: Readonly<Record<string, string>>, subject: string) => {
      const call = testCall(tenantOf(READER), { principal: testPrincipal(subject, { attributes }) });
      const { resultSets } = await services.queries.read(
        'SELECT Region, COUNT(*) FROM sales.Orders GROUP BY Region ORDER BY Region',
        call,
      );
      return resultSets[0]?.rows;
    };

    it('shows users the rows of their region, users without a region no rows, and members of the role all rows', async () => {
      expect(await regionsSeenBy({ region: 'north' }, 'ann')).toEqual([['north', 2]]);
      expect(await regionsSeenBy({ region: 'south' }, 'bob')).toEqual([['south', 1]]);
      expect(await regionsSeenBy({}, 'eve')).toEqual([]);
      const orders = async (program: mssql.ConnectionPool) =>
        (await program.query('SELECT COUNT(*) AS n FROM sales.Orders')).recordset;
      const reports = await as(WRITER);
      expect(await orders(reports)).toEqual([{ n: 0 }]);
      await database.execute(`ALTER ROLE orders_of_all_regions ADD MEMBER [${WRITER}]`);
      expect(await orders(reports)).toEqual([{ n: 3 }]);
      await database.execute(`ALTER ROLE orders_of_all_regions DROP MEMBER [${WRITER}]`);
      expect(await orders(reports)).toEqual([{ n: 0 }]);
    });

    it('shows no rows to a connection without a session context, nor to an administrator', async () => {
      const reader = await as(READER);
      expect((await reader.query('SELECT COUNT(*) AS n FROM sales.Orders')).recordset).toEqual([{ n: 0 }]);
      await expect(
        database.execute("IF EXISTS (SELECT 1 FROM sales.Orders) THROW 50000, N'An order is visible.', 1"),
      ).resolves.toBeUndefined();
    });

    it('refuses to write rows of another region', async () => {
      const call = testCall(tenantOf(WRITER, { readOnly: false }), {
        principal: testPrincipal('ann', { attributes: { region: 'north' } }),
      });
      const foreign = services.queries.write("INSERT INTO sales.Orders (OrderID, Region) VALUES (10, N'south')", call);
      await expect(foreign).rejects.toMatchObject({ details: { number: 33504 } });
      const moved = services.queries.write("UPDATE sales.Orders SET Region = N'south' WHERE OrderID = 1", call);
      await expect(moved).rejects.toMatchObject({ details: { number: 33504 } });
      await services.queries.write("INSERT INTO sales.Orders (OrderID, Region) VALUES (11, N'north')", call);
      expect(await regionsSeenBy({ region: 'north' }, 'ann')).toEqual([['north', 3]]);
    });
  });

  it('slow-queries.sql runs', async () => {
    await database.execute(script('slow-queries', {}));
  });

  // The sandbox has no audits. It parses this script and then reports that the function is missing. It can't parse
  // enable-auditing.sql, of which only the head is tested.
  it('audit-trail.sql is T-SQL as far as the sandbox can tell', async () => {
    if (!database.sandbox) return;
    const variables = { Folder: '/var/opt/mssql/audit', Hours: '24' };
    // The sandbox doesn't know DEFAULT as an argument of a function.
    const text = script('audit-trail', variables).replace('DEFAULT, DEFAULT', 'NULL, NULL');
    await expect(database.execute(text)).rejects.toMatchObject({
      message: expect.stringContaining('fn_get_audit_file'),
    });
    await expect(database.execute(text.replace('ORDER BY', 'ORDER'))).rejects.toMatchObject({
      message: expect.stringMatching(/Incorrect syntax/),
    });
  });

  it.each(readdirSync('scripts/sql'))('%s shows how sqlcmd runs it, with every variable that it uses', file => {
    const text = readFileSync(`scripts/sql/${file}`, 'utf8');
    const usage = /^-- {3}sqlcmd (.*)$/m.exec(text)?.[1] ?? '';
    expect(usage).toContain(`-i ${file}`);
    const shown = [...usage.matchAll(/(\w+)="/g)].map(match => match[1]);
    const used = [...text.replaceAll(/^--.*$/gm, '').matchAll(/\$\((\w+)\)/g)].map(match => match[1]);
    expect([...new Set(used)].sort()).toEqual([...new Set(shown)].sort());
  });
});
