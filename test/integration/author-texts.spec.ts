import { afterEach, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import { AppError } from '../../src/common/app-error.js';
import { describeError } from '../../src/common/log.js';
import type { TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { sandboxConfig, testCall, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

const SEED = {
  sql: `CREATE TABLE dbo.Orders (id int NOT NULL PRIMARY KEY, closed bit NOT NULL)
GO
INSERT INTO dbo.Orders VALUES (17, 1)`,
};

describe('texts that an author of the database wrote', () => {
  let sandbox: Sandbox;
  let services: DatabaseServices;

  const errorOf = async (sql: string, settings: Partial<TenantConfig> = {}, faults: readonly Fault[] = []) => {
    sandbox = await startSandbox({ seed: SEED, faults });
    services = databaseServices();
    const config = sandboxConfig(sandbox);
    // With one connection the engine is asked on the connection that the failed statement has just returned.
    const call = testCall(testTenant(config, { readOnly: false, ...settings }, { poolMax: 1 }));
    const run = /^SELECT/.test(sql) ? services.queries.read(sql, call) : services.queries.write(sql, call);
    return run.then(
      () => undefined,
      (error: unknown) => error as AppError,
    );
  };
  afterEach(async () => {
    await services.close();
    await sandbox.close();
  });

  it.each([
    ["THROW 50001, 'Order 17 is closed', 1", 50001, 'Order 17 is closed', 1],
    ["\nRAISERROR ('Order %d is closed', 16, 1, 17)", 50000, 'Order 17 is closed', 2],
  ])('are shown: %j', async (sql, number, message, line) => {
    const error = await errorOf(sql);
    expect(error).toMatchObject({ code: 'SQL_ERROR', message, details: { number, untrusted: true } });
    expect(error?.details?.line).toBe(line);
  });

  it.each([
    ["SELECT * FROM dbo.Orders WHERE CONTAINS(id, N'a')"],
    ["SELECT CAST(N'日本' COLLATE Latin1_General_100_CI_AS_SC_UTF8 AS varchar(20)) AS v"],
  ])('are shown when the sandbox says what it lacks: %s', async sql => {
    expect(await errorOf(sql)).toMatchObject({
      code: 'SQL_ERROR',
      message: expect.stringMatching(/^The sandbox does not support /) as unknown,
    });
  });

  it('are withheld where the tenant withholds them', async () => {
    const error = await errorOf("THROW 50001, 'Order 17 is closed', 1", { showAuthorMessages: false });
    expect(error).toMatchObject({ code: 'SQL_ERROR', details: { number: 50001, line: 1 } });
    expect(JSON.stringify([error?.message, error?.details])).not.toContain('17 is closed');
  });

  it('are withheld where the engine may not be SQL Server', async () => {
    const fault: Fault = { kind: 'raise-error', number: 33557097, text: '@@VERSION', times: 0 };
    const error = await errorOf("THROW 50001, 'Order 17 is closed', 1", {}, [fault]);
    expect(error?.message).not.toContain('closed');
  });

  it('are bounded, and never written to the log', async () => {
    const error = await errorOf(`DECLARE @long nvarchar(2048) = REPLICATE(N'x', 2040); THROW 50001, @long, 1`);
    expect(error?.message).toHaveLength(2_001);
    expect(JSON.stringify(describeError(new Error('x', { cause: error })))).not.toContain('xxx');
  });
});
