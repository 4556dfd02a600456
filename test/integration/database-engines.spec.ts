import { afterEach, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import type { TenantConfig } from '../../src/config/tenants/tenant.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { sandboxConfig, testCall, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { until } from '../support/until.js';

const TABLES = {
  sql: `CREATE TABLE dbo.Parents (id int NOT NULL CONSTRAINT PK_Parents PRIMARY KEY, code nvarchar(20) NOT NULL CONSTRAINT UQ_Parents UNIQUE)
GO
CREATE TABLE dbo.Children (id int NOT NULL CONSTRAINT PK_Children PRIMARY KEY,
  parent int NULL CONSTRAINT FK_Children REFERENCES dbo.Parents (id), price decimal(10,2) NOT NULL DEFAULT 0)
GO
INSERT INTO dbo.Parents VALUES (1, N'a'), (2, N'b')
GO
CREATE VIEW dbo.Codes AS SELECT code FROM dbo.Parents
GO
CREATE SYNONYM dbo.Seniors FOR dbo.Parents`,
};

// The sandbox plays servers with fewer features than SQL Server: faults refuse the statements that they lack.
describe('on a server with fewer features', () => {
  let sandbox: Sandbox | undefined;
  let services: DatabaseServices | undefined;
  let tenant: Tenant;

  const open = async (missing: readonly string[], settings: Partial<TenantConfig> = {}) => {
    const faults = missing.map((text): Fault => ({ kind: 'raise-error', number: 40515, text, times: 0 }));
    return openWith(faults, settings);
  };
  const openWith = async (faults: readonly Fault[], settings: Partial<TenantConfig> = {}) => {
    sandbox = await startSandbox({ seed: TABLES, faults });
    services = databaseServices();
    const config = sandboxConfig(sandbox);
    tenant = testTenant(config, settings, { poolWaitMs: 2_000, maxCellBytes: 32_000 });
    return services;
  };
  const value = async (sql: string, parameters?: Record<string, unknown>, call = testCall(tenant)) =>
    (await services?.queries.read(sql, call, { parameters }))?.resultSets[0]?.rows[0]?.[0];

  afterEach(async () => {
    await services?.close();
    await sandbox?.close();
    services = sandbox = undefined;
  });

  describe('without sp_set_session_context', () => {
    const MISSING = ['sp_set_session_context'];

    it('reads and writes for users without attributes', async () => {
      const { queries } = await open(MISSING, { readOnly: false });
      for (const n of [1, 2, 3]) expect(await value('SELECT @n AS n', { n })).toBe(n);
      const written = await queries.write("INSERT INTO dbo.Parents VALUES (3, N'c')", testCall(tenant));
      expect(written).toMatchObject({ affectedRows: [1], committed: true });
      expect(await value('SELECT COUNT(*) FROM dbo.Parents')).toBe(3);
    });

    it.each<[string, Partial<TenantConfig>, Record<string, string>]>([
      ['a user with attributes', {}, { region: 'north' }],
      [
        'any user of a tenant that has attributes',
        { access: [{ user: 'bob', scope: 'sql:read', attributes: { region: 'north' } }] },
        {},
      ],
    ])('refuses %s', async (_who, settings, attributes) => {
      const { queries } = await open(MISSING, { ...settings, readOnly: false });
      const call = testCall(tenant, { principal: testPrincipal('ann', { attributes }) });
      const refusal = { code: 'PERMISSION_DENIED', message: expect.stringContaining('sp_set_session_context') };
      await expect(queries.read('SELECT id FROM dbo.Parents', call)).rejects.toMatchObject(refusal);
      await expect(queries.write('DELETE FROM dbo.Children', call)).rejects.toMatchObject(refusal);
    });
  });

  it.each([
    'ARITHABORT',
    'TRANSACTION ISOLATION',
    'NUMERIC_ROUNDABORT',
    'DATEFIRST',
    'LOCK_TIMEOUT',
    'DEADLOCK_PRIORITY',
  ])('applies the other settings without SET %s', async option => {
    await open([`SET ${option} `, `, ${option}`]);
    for (const use of [1, 2, 3]) {
      expect([use, await value("SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), 10000)")]).toEqual([
        use,
        'x'.repeat(10_000),
      ]);
      expect(await value("SELECT CAST(SESSION_CONTEXT(N'user_id') AS nvarchar(100))")).toBe('ann');
    }
  });

  it('connects without SCHEMA_NAME, and closes the connection on which it was missed', async () => {
    await open(['SELECT SCHEMA_NAME()']);
    expect(await value('SELECT 1 AS a')).toBe(1);
    await until('one session is left', async () => (await value('SELECT COUNT(*) FROM sys.dm_exec_sessions')) === 1);
  });

  describe('without sp_executesql in a batch', () => {
    const MISSING = ['EXEC sys.sp_executesql'];

    it('reads with typed parameters, keeps the line numbers of errors, and rolls back', async () => {
      const { queries } = await open(MISSING);
      for (const use of [1, 2, 3]) expect([use, await value('SELECT @n + 1 AS n', { n: 1.25 })]).toEqual([use, 2.25]);
      expect(await value('WITH x AS (SELECT @a AS a) SELECT a FROM x', { a: 'é' })).toBe('é');
      expect(await value('SELECT @@TRANCOUNT')).toBe(1);
      await expect(
        queries.read('SELECT @n,\n  missing\nFROM dbo.Parents', testCall(tenant), { parameters: { n: 1 } }),
      ).rejects.toMatchObject({ details: { number: 207, line: 2 } });
      expect(await value('SELECT id FROM dbo.Parents WHERE code = @code', { code: 'b' })).toBe(2);
    });

    it('refuses a user with attributes', async () => {
      const { queries } = await open(MISSING);
      const call = testCall(tenant, { principal: testPrincipal('ann', { attributes: { region: 'north' } }) });
      await expect(queries.read('SELECT 1', call)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    });

    it('commits a change, and rolls back one that fails', async () => {
      const { queries } = await open(MISSING, { readOnly: false });
      const sql = 'INSERT INTO dbo.Parents VALUES (@id, @code)';
      const call = testCall(tenant);
      await queries.write(sql, call, { parameters: { id: 3, code: 'c' } });
      await expect(
        queries.write(`${sql}; INSERT INTO dbo.Parents VALUES (1, N'x')`, call, { parameters: { id: 4, code: 'd' } }),
      ).rejects.toMatchObject({ details: { number: 2627 } });
      expect(await value('SELECT COUNT(*) FROM dbo.Parents')).toBe(3);
    });
  });

  it('reads, and refuses changes, without transactions', async () => {
    const { queries } = await open(['BEGIN TRANSACTION'], { readOnly: false });
    expect(await value('SELECT COUNT(*) FROM dbo.Parents')).toBe(2);
    await expect(queries.write('DELETE FROM dbo.Parents', testCall(tenant))).rejects.toMatchObject({
      code: 'SQL_ERROR',
    });
    expect(await value('SELECT COUNT(*) FROM dbo.Parents')).toBe(2);
  });

  it('probes the permissions again when the first probe was the victim of a deadlock', async () => {
    await openWith([{ kind: 'raise-error', number: 1205, text: 'HAS_PERMS_BY_NAME' }]);
    const seen: boolean[] = [];
    services?.events.listen({
      connectionFailed: () => {},
      cancelIgnored: () => {},
      writableLogin: (_tenant, can) => void seen.push(can),
    });
    expect(await value('SELECT @@TRANCOUNT')).toBe(1);
    expect(seen).toEqual([]);
    await value('SELECT 1');
    expect(seen).toEqual([true]);
  });

  it('probes the permissions once, however many calls begin at the same time', async () => {
    const { queries, events } = await openWith([
      { kind: 'delay-rows', milliseconds: 1_000, text: 'HAS_PERMS_BY_NAME', times: 0 },
    ]);
    let questions = 0;
    events.listen({ connectionFailed: () => {}, cancelIgnored: () => {}, writableLogin: () => void questions++ });
    const people = ['ann', 'bob', 'cid', 'dan'].map(name => testCall(tenant, { principal: testPrincipal(name) }));
    await Promise.all(people.map(call => queries.read('SELECT 1 AS a', call)));
    expect(questions).toBe(1);
  });

  describe('without some views of the catalogue', () => {
    it('lists tables without descriptions', async () => {
      const { catalog } = await open(['sys.extended_properties']);
      expect(await catalog.tables(tenant, { includeViews: true })).toEqual([
        { schema: 'dbo', name: 'Children', type: 'table', row_count: 0 },
        { schema: 'dbo', name: 'Codes', type: 'view' },
        { schema: 'dbo', name: 'Parents', type: 'table', row_count: 2 },
        { schema: 'dbo', name: 'Seniors', type: 'synonym', target: 'dbo.Parents' },
      ]);
      const whole = await catalog.table(tenant, { name: 'children' });
      expect(whole).toMatchObject({ primary_keys: ['id'], row_count: 0, column_count: 3 });
      expect(whole.columns[2]).toEqual({
        name: 'price',
        type: 'decimal',
        nullable: false,
        default: null,
        precision: 10,
        scale: 2,
      });
    });

    it.each([
      ['temporal tables (SQL Server 2014)', ['temporal_type'], 'dbo.Parents'],
      ['memory-optimised tables (SQL Server 2012)', ['temporal_type', 'is_memory_optimized'], 'dbo.Parents'],
      ['PARSENAME', ['PARSENAME'], '[dbo].[Parents]'],
      ['sys.synonyms', ['sys.synonyms'], undefined],
    ])('lists synonyms without %s', async (_what, missing, target) => {
      const { catalog } = await open(missing);
      const listed = await catalog.tables(tenant);
      expect(listed).toContainEqual({ schema: 'dbo', name: 'Seniors', type: 'synonym', ...(target && { target }) });
      expect(listed).toContainEqual({ schema: 'dbo', name: 'Parents', type: 'table', row_count: 2 });
      const described = await catalog.table(tenant, { name: 'Seniors' });
      expect(described.column_count).toBe(target === 'dbo.Parents' ? 2 : 0);
      expect((await catalog.table(tenant, { name: 'Parents' })).primary_keys).toEqual(['id']);
    });

    it('describes a table from INFORMATION_SCHEMA alone', async () => {
      const { catalog, queries } = await open(['sys.objects', 'sys.columns', 'sys.indexes', 'sys.foreign_keys', 'sys.partitions', 'sys.extended_properties', 'sys.check_constraints']); // prettier-ignore
      expect(await catalog.tables(tenant, { includeViews: true })).toEqual([
        { schema: 'dbo', name: 'Children', type: 'table' },
        { schema: 'dbo', name: 'Codes', type: 'view' },
        { schema: 'dbo', name: 'Parents', type: 'table' },
      ]);
      expect(await catalog.table(tenant, { name: 'CHILDREN' })).toEqual({
        table: 'Children',
        schema: 'dbo',
        type: 'table',
        columns: [
          { name: 'id', type: 'int', nullable: false, default: null },
          { name: 'parent', type: 'int', nullable: true, default: null },
          {
            name: 'price',
            type: 'decimal',
            nullable: false,
            default: expect.stringContaining('0'),
            precision: 10,
            scale: 2,
          },
        ],
        primary_keys: ['id'],
        foreign_keys: [
          { name: 'FK_Children', column: 'parent', references: { schema: 'dbo', table: 'Parents', column: 'id' } },
        ],
        referenced_by: [],
        indexes: [{ name: 'PK_Children', columns: ['id'], unique: true, type: 'unknown' }],
        unique_constraints: [],
        check_constraints: [],
        column_count: 3,
      });
      expect(await catalog.table(tenant, { name: 'Parents' })).toMatchObject({
        columns: [{ name: 'id' }, { name: 'code', max_length: 20 }],
        unique_constraints: [{ name: 'UQ_Parents', columns: ['code'] }],
        referenced_by: [
          { name: 'FK_Children', schema: 'dbo', table: 'Children', column: 'parent', references_column: 'id' },
        ],
      });
      expect(await catalog.columnsOfMentioned(tenant, 'SELECT * FROM Parents')).toEqual(['id', 'code']);
      await expect(catalog.table(tenant, { name: 'Parent' })).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
      expect(
        (await queries.read('SELECT code FROM dbo.Codes ORDER BY code', testCall(tenant))).resultSets,
      ).toHaveLength(1);
    });
  });
});
