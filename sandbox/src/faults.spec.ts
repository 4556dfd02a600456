import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type sql from 'mssql';
import { startSandbox, type Sandbox } from './index.ts';
import { closeConnections, connect } from './testing/connect.ts';

afterAll(closeConnections);

/** Methods that are public in node-mssql, but missing from its declarations. */
interface Acquirable {
  acquire(requester: object): Promise<{ reset(done: (error?: Error) => void): void }>;
  release(connection: unknown): void;
}

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

  describe('of an engine that is not SQL Server', () => {
    const set = (fault: string) => pool.request().batch(`EXEC sandbox.${fault}`);
    afterEach(() => set('clear_faults'));

    it('keeps read-only keys of the session context at a reset', async () => {
      const client = await connect(sandbox, { pool: { max: 1 } });
      const setKey = (value: string) =>
        client.request().query(`EXEC sys.sp_set_session_context N'who', N'${value}', 1`);
      const reset = async () => {
        const connection = await (client as unknown as Acquirable).acquire(client);
        await new Promise(done => connection.reset(done));
        (client as unknown as Acquirable).release(connection);
      };
      await setKey('ann');
      await reset();
      await setKey('bob');
      await set('keep_session_context');
      await reset();
      await expect(setKey('cid')).rejects.toMatchObject({ number: 33557097 });
      const { recordset } = await client.request().query("SELECT CAST(SESSION_CONTEXT(N'who') AS nvarchar(9)) AS who");
      expect(recordset).toEqual([{ who: 'bob' }]);
    });

    it('refuses every request after one that failed, until a ROLLBACK', async () => {
      await set('abort_on_error');
      // The driver would replace a connection that can't run SELECT 1.
      const client = await connect(sandbox, { pool: { max: 1 }, ...({ validateConnection: 'socket' } as object) });
      await expect(client.request().query('SELECT 1/0')).rejects.toMatchObject({ number: 8134 });
      await expect(client.request().query('SELECT 1 AS a')).rejects.toMatchObject({ number: 33557097 });
      await client.request().batch('IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION');
      expect((await client.request().query('SELECT 1 AS a')).recordset).toEqual([{ a: 1 }]);
    });

    it('ends a cancelled request only when it has ended by itself', async () => {
      const client = await connect(sandbox, { pool: { max: 1 }, options: { cancelTimeout: 0 } });
      await set("ignore_cancel @text = N'dbo.Ignored'");
      const text =
        "PRINT N'begun'; CREATE TABLE dbo.Ignored (n int); INSERT INTO dbo.Ignored SELECT value FROM GENERATE_SERIES(1, 100000)";
      const request = client.request();
      request.on('info', () => request.cancel());
      const ended = request.batch(text).catch((error: unknown) => error);
      expect(await ended).toMatchObject({ code: 'ECANCEL' });
      expect((await pool.request().query('SELECT COUNT(*) AS n FROM dbo.Ignored')).recordset).toEqual([{ n: 100_000 }]);
    });
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
