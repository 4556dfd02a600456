import { randomBytes } from 'node:crypto';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const FILEGROUP = `
IF SERVERPROPERTY('IsXTPSupported') = 0 THROW 50000, 'This edition of SQL Server has no memory-optimised tables.', 1;
DECLARE @database nvarchar(300) = QUOTENAME(DB_NAME());
DECLARE @folder nvarchar(1000) = CONCAT(CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(500)), DB_NAME(), N'_memory');
EXEC (N'ALTER DATABASE ' + @database + N' ADD FILEGROUP in_memory CONTAINS MEMORY_OPTIMIZED_DATA');
EXEC (N'ALTER DATABASE ' + @database + N' ADD FILE (NAME = N''in_memory'', FILENAME = N''' + @folder + N''') TO FILEGROUP in_memory');`;

const TABLE = `
CREATE TABLE dbo.Prices (
  id int NOT NULL CONSTRAINT PK_Prices PRIMARY KEY NONCLUSTERED,
  price decimal(19,4) NOT NULL CONSTRAINT DF_Prices DEFAULT 0
) WITH (MEMORY_OPTIMIZED = ON, DURABILITY = SCHEMA_AND_DATA)
GO
INSERT INTO dbo.Prices (id, price) VALUES (1, 12345678901234.5678), (2, 0.1)`;

const READ = 'SELECT id, price FROM dbo.Prices ORDER BY id';
const ROWS = [
  [1, '12345678901234.5678'],
  [2, 0.1],
];

const READER = `mcp_reader_${randomBytes(4).toString('hex')}`;
const PASSWORD = `Aa1!${randomBytes(12).toString('hex')}`;

describe('a memory-optimised table', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  /** Its login can write, so that its reads run in a transaction that is rolled back. */
  let writable: Tenant;
  let readOnly: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    await database.execute(`${FILEGROUP}\nGO\n${TABLE}`);
    await database.execute(`CREATE LOGIN [${READER}] WITH PASSWORD = N'${PASSWORD}'
GO
CREATE USER [${READER}] FOR LOGIN [${READER}]
GO
ALTER ROLE db_datareader ADD MEMBER [${READER}]`);
    writable = testTenant(database.config, { name: 'writable' });
    const reader = Object.assign(new DatabaseConfig(), database.config, { user: READER, password: PASSWORD });
    readOnly = testTenant(reader, { name: 'read-only', requireReadonlyLogin: true });
  }, 120_000);

  afterAll(async () => {
    await services.close();
    await database.execute(`USE master\nGO\nDROP LOGIN [${READER}]`);
    await database.close();
  });

  const rowsOf = async (statement: string, tenant: Tenant) =>
    (await services.queries.read(statement, testCall(tenant))).resultSets[0]?.rows;

  it.each(['writable', 'read-only'])('is listed and described for a %s login', async name => {
    const tenant = name === 'writable' ? writable : readOnly;
    const tables = await services.catalog.tables(tenant);
    expect(tables).toContainEqual(expect.objectContaining({ schema: 'dbo', name: 'Prices', type: 'table' }));
    const described = await services.catalog.table(tenant, { schema: 'dbo', name: 'Prices' });
    expect(described.primary_keys).toEqual(['id']);
    expect(described.columns.map(column => [column.name, column.type, column.nullable])).toEqual([
      ['id', 'int', false],
      ['price', expect.stringMatching(/^decimal/), false],
    ]);
  });

  it('is read by a login that cannot write', async () => {
    expect(await rowsOf(READ, readOnly)).toEqual(ROWS);
  });

  it('needs the hint SNAPSHOT where the login can write, because the read runs in a transaction', async () => {
    await expect(rowsOf(READ, writable)).rejects.toMatchObject({ code: 'SQL_ERROR', details: { number: 41368 } });
    expect(await rowsOf('SELECT id, price FROM dbo.Prices WITH (SNAPSHOT) ORDER BY id', writable)).toEqual(ROWS);
  });

  it('needs no hint in a database that elevates reads to SNAPSHOT', async () => {
    await database.execute('ALTER DATABASE CURRENT SET MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT = ON');
    expect(await rowsOf(READ, writable)).toEqual(ROWS);
  });
});
