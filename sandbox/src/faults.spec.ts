import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type sql from 'mssql';
import { startSandbox, type Sandbox } from './index.ts';
import { closeConnections, connect } from './testing/connect.ts';

afterAll(closeConnections);

describe('faults', () => {
  let sandbox: Sandbox;
  let pool: sql.ConnectionPool;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'workshop' });
    pool = await connect(sandbox, { pool: { max: 2 } });
  });
  afterAll(() => sandbox.close());

  it('drops the connection in the middle of the rows', async () => {
    const victim = await connect(sandbox);
    await pool.request().batch("EXEC sandbox.drop_connection @after_rows = 1500, @text = N'GENERATE_SERIES(1, 5000)'");
    const request = victim.request();
    request.stream = true;
    let rows = 0;
    const error = await new Promise<Error>((resolve, reject) => {
      request.on('row', () => rows++);
      request.on('error', resolve);
      request.on('done', () => reject(new Error('nothing was dropped')));
      void request.query('SELECT value FROM GENERATE_SERIES(1, 5000)');
    });
    expect(error).toMatchObject({ code: expect.stringMatching(/ESOCKET|ECONNRESET|ECONNCLOSED/) });
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(1500);
  });

  it.each([
    [1205, 13],
    [1222, 16],
  ])('raises %i at the statement that it is set for', async (number, severity) => {
    await pool.request().batch(`EXEC sandbox.raise_error @number = ${number}, @text = N'FROM dbo.Tools', @nth = 2`);
    const ask = (): Promise<unknown> => pool.request().query('SELECT COUNT(*) AS n FROM dbo.Tools');
    await ask();
    await expect(ask()).rejects.toMatchObject({ number, class: severity });
    await ask();
  });

  it('raises 40613 and closes the connection', async () => {
    const victim = await connect(sandbox);
    await pool.request().batch("EXEC sandbox.raise_error @number = 40613, @text = N'FROM dbo.Loans'");
    await expect(victim.request().query('SELECT * FROM dbo.Loans')).rejects.toMatchObject({ number: 40613 });
  });

  it('raises an error after some rows', async () => {
    await pool.request().batch("EXEC sandbox.raise_error @number = 1205, @after_rows = 3, @text = N'FROM dbo.Members'");
    await expect(pool.request().query('SELECT * FROM dbo.Members')).rejects.toMatchObject({ number: 1205 });
  });

  it('delays rows', async () => {
    await pool.request().batch("EXEC sandbox.delay_rows @milliseconds = 40, @text = N'FROM dbo.Tools'");
    const at = performance.now();
    expect((await pool.request().query('SELECT ToolID FROM dbo.Tools')).recordset).toHaveLength(5);
    expect(performance.now() - at).toBeGreaterThanOrEqual(160);
  });

  it('refuses and stalls logins', async () => {
    await pool.request().batch('EXEC sandbox.refuse_logins');
    await expect(connect(sandbox)).rejects.toThrow(/Login failed/);
    // tedious treats 4060 as transient and retries, so the fault must not end: times = 0.
    await pool.request().batch('EXEC sandbox.refuse_logins @number = 4060, @times = 0');
    await expect(connect(sandbox, { options: { connectionRetryInterval: 1 } })).rejects.toThrow(/Cannot open database/);
    await pool.request().batch('EXEC sandbox.clear_faults');
    await pool.request().batch('EXEC sandbox.stall_login @milliseconds = 60000');
    await expect(connect(sandbox, { connectionTimeout: 300 })).rejects.toThrow(/300/);
    await connect(sandbox);
  });

  it('fills up: writes fail with 1105, reads do not', async () => {
    await pool.request().batch('EXEC sandbox.fill_up');
    await expect(
      pool.request().query("INSERT INTO dbo.Tools (ToolName, DailyFee) VALUES (N'x', 1)"),
    ).rejects.toMatchObject({
      number: 1105,
    });
    expect((await pool.request().query('SELECT COUNT(*) AS n FROM dbo.Tools')).recordset).toEqual([{ n: 5 }]);
    await pool.request().batch('EXEC sandbox.clear_faults');
    await pool.request().query("INSERT INTO dbo.Tools (ToolName, DailyFee) VALUES (N'x', 1)");
  });

  it('restarts: connections end, data stays', async () => {
    const client = await connect(sandbox);
    await client
      .request()
      .batch('EXEC sandbox.restart @milliseconds = 100')
      .catch(() => {});
    let again: sql.ConnectionPool | undefined;
    const limit = performance.now() + 10_000;
    while (!again && performance.now() < limit) {
      again = await connect(sandbox, { connectionTimeout: 500 }).catch(() => undefined);
    }
    expect((await again!.request().query('SELECT COUNT(*) AS n FROM dbo.Members')).recordset).toEqual([{ n: 5 }]);
  });
});
