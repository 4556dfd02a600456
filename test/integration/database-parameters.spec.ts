import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

describe('parameters', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    tenant = testTenant(database.config);
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const valueOf = async (sql: string, p: unknown) =>
    (await services.queries.read(sql, testCall(tenant), { parameters: { p } })).resultSets[0]?.rows[0]?.[0];

  it.each([
    [{ type: 'varbinary(4)', value: '0x0102' }, 'SELECT CASE WHEN @p = 0x0102 THEN 1 END', 1],
    [{ type: 'varbinary', value: 'AQI=' }, 'SELECT CASE WHEN @p = 0x0102 THEN 1 END', 1],
    [{ type: 'binary(3)', value: '0x01' }, 'SELECT DATALENGTH(@p)', 3],
    [{ type: 'varbinary', value: null }, 'SELECT CASE WHEN @p IS NULL THEN 1 END', 1],
    [{ type: 'bit', value: null }, 'SELECT CASE WHEN @p IS NULL THEN 1 END', 1],
    [{ type: 'money', value: null }, 'SELECT CASE WHEN @p IS NULL THEN 1 END', 1],
    [{ type: 'sql_variant', value: 7 }, 'SELECT @p', 7],
    [{ type: 'sql_variant', value: 7 }, "SELECT CAST(SQL_VARIANT_PROPERTY(@p, 'BaseType') AS nvarchar(20))", 'int'],
    [{ type: 'sql_variant', value: 1.5 }, 'SELECT @p', 1.5],
    [{ type: 'sql_variant', value: 'x' }, 'SELECT @p', 'x'],
    [{ type: 'sql_variant', value: null }, 'SELECT CASE WHEN @p IS NULL THEN 1 END', 1],
    [{ type: 'smalldatetime', value: '2079-06-06 23:59' }, 'SELECT @p', '2079-06-06T23:59:00'],
    [{ type: 'datetime', value: '1753-01-01' }, 'SELECT @p', '1753-01-01T00:00:00.000'],
    [{ type: 'datetime', value: '9999-12-31T23:59:59.997Z' }, 'SELECT @p', '9999-12-31T23:59:59.997'],
    [{ type: 'datetime2', value: '0001-01-01' }, 'SELECT @p', '0001-01-01T00:00:00.0000000'],
    [{ type: 'datetimeoffset(1)', value: '2024-02-29 10:20:30.5 -05:30' }, 'SELECT @p', '2024-02-29T10:20:30.5-05:30'],
    [{ type: 'time(2)', value: '10:20' }, 'SELECT @p', '10:20:00.00'],
    [{ type: 'date', value: '20240229' }, 'SELECT @p', '2024-02-29'],
    [{ type: 'money', value: '-922337203685477.5808' }, 'SELECT @p', '-922337203685477.5808'],
    [{ type: 'smallmoney', value: 214748.3647 }, 'SELECT @p', 214748.3647],
    [{ type: 'decimal(5,2)', value: '+0999.99' }, 'SELECT @p', 999.99],
    [{ type: 'real', value: 3.4e38 }, 'SELECT @p', 3.4e38],
    [{ type: 'varchar(10)', value: 'Größe €' }, 'SELECT @p', 'Größe €'],
    [{ type: 'nvarchar(10)', value: '日本' }, 'SELECT @p', '日本'],
    [{ type: 'float', value: '-1.7976931348623157e308' }, 'SELECT @p', -1.7976931348623157e308],
  ])('%j in %s is %j', async (p, sql, expected) => {
    expect(await valueOf(sql, p)).toBe(expected);
  });

  it.each([
    { type: 'real', value: 1e39 },
    { type: 'money', value: 1e20 },
    { type: 'decimal(5,2)', value: 66677 },
    { type: 'smalldatetime', value: '2080-01-01' },
    { type: 'datetime', value: '1752-12-31' },
    { type: 'text', value: 'a' },
    { type: 'varchar(10)', value: '日本' },
    { type: 'varchar', value: 'naïve ☃' },
    { type: 'char(3)', value: 'Łódź' },
  ])('%j is refused before the database sees it', async p => {
    const error: unknown = await valueOf('SELECT @p', p).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { parameter: 'p' } });
    expect(error).not.toHaveProperty('details.number');
  });
});
