import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import mssql from 'mssql';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { sandboxConfig, testCall, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const TABLE = { sql: 'CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY)\nGO\nINSERT INTO dbo.T VALUES (1)' };
const SESSION = `SELECT @@LOCK_TIMEOUT AS wait,
  (SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID) AS isolation`;
const READ_UNCOMMITTED = 1;
const READ_COMMITTED = 2;
const REPEATABLE_READ = 3;

describe('locks', () => {
  let sandbox: Sandbox;
  let config: DatabaseConfig;
  let services: DatabaseServices;

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: TABLE });
    config = sandboxConfig(sandbox);
  });
  afterAll(() => sandbox.close());
  afterEach(() => services.close());

  const open = (settings: Partial<TenantConfig> = {}, limits: Partial<LimitsConfig> = {}) => {
    services = databaseServices();
    return testTenant(config, settings, limits);
  };

  it.each<[string, Partial<TenantConfig>, Partial<LimitsConfig>, readonly number[]]>([
    ['by default', {}, {}, [10_000, READ_COMMITTED]],
    ['as the tenant sets them', { readIsolation: 'repeatable_read' }, { lockTimeout: 3 }, [3_000, REPEATABLE_READ]],
    ['without a limit of their own', { readIsolation: 'read_uncommitted' }, { lockTimeout: 0 }, [-1, READ_UNCOMMITTED]],
  ])('are waited for and held %s, in a new session and in a reused one', async (_how, settings, limits, expected) => {
    const tenant = open({ ...settings, readOnly: false }, { ...limits, poolMax: 1 });
    const read = async (subject: string) => {
      const call = testCall(tenant, { principal: { ...testCall(tenant).principal, subject } });
      return (await services.queries.read(SESSION, call)).resultSets[0]?.rows;
    };
    // The third call of a person sends no settings any more; a change and another person need them again.
    for (const subject of ['ann', 'ann', 'ann', 'bob']) expect(await read(subject)).toEqual([expected]);
    const changed = await services.queries.write(SESSION, testCall(tenant));
    expect(changed.resultSets[0]?.rows).toEqual([[expected[0], READ_COMMITTED]]);
    expect(await read('bob')).toEqual([expected]);
  });

  it('end a read that waits longer, with what it waited for and what to do', async () => {
    const tenant = open({}, { lockTimeout: 1 });
    const other = await new mssql.ConnectionPool({
      server: '127.0.0.1',
      port: sandbox.port,
      user: 'sa',
      password: 'Sandbox!2024',
      database: 'SandboxDb',
      options: { trustServerCertificate: true },
      pool: { max: 1 },
    }).connect();
    try {
      await other.batch('BEGIN TRANSACTION; UPDATE dbo.T SET id = 2');
      await expect(services.queries.read('SELECT id FROM dbo.T', testCall(tenant))).rejects.toMatchObject({
        code: 'SQL_ERROR',
        details: { number: 1222 },
        hint: expect.stringContaining('LOCK_TIMEOUT'),
      });
      const dirty = await services.queries.read(
        'SELECT id FROM dbo.T',
        testCall(testTenant(config, { name: 'dirty', readIsolation: 'read_uncommitted' })),
      );
      expect(dirty.resultSets[0]?.rows).toEqual([[2]]);
    } finally {
      await other.close();
    }
  });
});
