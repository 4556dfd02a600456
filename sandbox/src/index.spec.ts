import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sql from 'mssql';
import { startSandbox, type Sandbox } from './index.ts';
import { closeConnections, connect } from './testing/connect.ts';

const LONG = `SELECT COUNT(*) AS n FROM GENERATE_SERIES(1, 30000) AS a CROSS JOIN GENERATE_SERIES(1, 30000) AS b
WHERE a.value + b.value < 0`;

afterAll(closeConnections);

describe('a sandbox with its sample database', () => {
  let sandbox: Sandbox;
  let pool: sql.ConnectionPool;

  beforeAll(async () => {
    sandbox = await startSandbox();
    pool = await connect(sandbox);
  });
  afterAll(() => sandbox.close());

  it('answers with and without encryption', async () => {
    const encrypted = await connect(sandbox, { options: { encrypt: true } });
    for (const client of [pool, encrypted]) {
      const { recordset } = await client
        .request()
        .query('SELECT TOP (2) CategoryName FROM dbo.Categories ORDER BY CategoryID');
      expect(recordset).toEqual([{ CategoryName: 'Beverages' }, { CategoryName: 'Condiments' }]);
    }
  });

  it('has a certificate that a client can verify', async () => {
    const careful = await connect(sandbox, {
      options: {
        encrypt: true,
        trustServerCertificate: false,
        cryptoCredentialsDetails: { ca: sandbox.certificate },
      },
    });
    expect((await careful.request().query('SELECT 1 AS n')).recordset).toEqual([{ n: 1 }]);
    await expect(connect(sandbox, { options: { encrypt: true, trustServerCertificate: false } })).rejects.toThrow(
      /self-signed/,
    );
  });

  it('refuses a database that does not exist with 4060', async () => {
    await expect(connect(sandbox, { database: 'Nowhere', options: { connectionRetryInterval: 1 } })).rejects.toThrow(
      /Cannot open database "Nowhere"/,
    );
  });

  it('returns every data type of demo.AllTypes', async () => {
    const { recordset } = await pool.request().query("SELECT * FROM demo.AllTypes WHERE CaseName = 'usual'");
    const [row] = recordset as Record<string, unknown>[];
    expect(row).toMatchObject({
      C_bit: true,
      C_tinyint: 42,
      C_smallint: -1000,
      C_int: 123456,
      C_bigint: '9007199254740993',
      C_money: 1234.5678,
      C_float: 0.1,
      C_char: 'abc       ',
      C_varchar: 'Grüße',
      C_nvarchar: 'Ünïcödé 🎉',
      C_uniqueidentifier: '0E984725-C51C-4BF4-9960-E1C80E27ABA0',
      C_xml: '<a/>',
      C_sql_variant: 'variant text',
    });
    expect((row?.C_datetime as Date).toISOString()).toBe('2024-02-29T12:34:56.790Z');
    expect((row?.C_datetime2 as Date & { nanosecondsDelta: number }).nanosecondsDelta).toBeCloseTo(0.0000123, 9);
    expect((row?.C_datetimeoffset as Date).toISOString()).toBe('2024-02-29T07:04:56.789Z');
    expect(row?.C_rowversion).toHaveLength(8);
    expect(row?.C_hierarchyid).toEqual(Buffer.from([0x58]));
    // node-mssql reads the CLR serialisation of the spatial types itself.
    expect(row?.C_geography).toMatchObject({ srid: 4326, points: [{ lat: 47.6, lng: -122.3 }] });
    expect(row?.C_varbinarymax).toEqual(Buffer.from([0]));
  });

  it('returns parameters of every type unchanged', async () => {
    const date = new Date('2024-02-29T13:14:15.123Z');
    const cases: [string, sql.ISqlType | (() => sql.ISqlType), unknown, unknown?][] = [
      ['bit', sql.Bit, true],
      ['tinyint', sql.TinyInt, 255],
      ['smallint', sql.SmallInt, -32_768],
      ['int', sql.Int, -2_147_483_648],
      ['bigint', sql.BigInt, '9223372036854775807'],
      ['real', sql.Real, 0.5],
      ['float', sql.Float, 1e300],
      ['dec', sql.Decimal(18, 3), -12345.678],
      ['money', sql.Money, 1234.5678],
      ['smallmoney', sql.SmallMoney, -1.25],
      ['varchar', sql.VarChar(50), 'Grüße'],
      ['nvarchar', sql.NVarChar(50), '日本 🎉'],
      ['nmax', sql.NVarChar(sql.MAX), 'x'.repeat(100_000)],
      ['nchar', sql.NChar(3), 'abc'],
      ['text', sql.Text, 'old'],
      ['ntext', sql.NText, 'öld'],
      ['varbinary', sql.VarBinary(10), Buffer.from([1, 2, 3])],
      ['vbmax', sql.VarBinary(sql.MAX), Buffer.alloc(50_000, 9)],
      ['guid', sql.UniqueIdentifier, '0E984725-C51C-4BF4-9960-E1C80E27ABA0'],
      ['date', sql.Date, new Date('2024-02-29')],
      ['datetime', sql.DateTime, date],
      ['datetime2', sql.DateTime2(3), date],
      ['datetimeoffset', sql.DateTimeOffset(3), date],
      ['xml', sql.Xml, '<a>1</a>'],
      ['none', sql.NVarChar(10), null],
    ];
    const request = pool.request();
    for (const [name, type, value] of cases) request.input(name, type, value);
    const { recordset } = await request.query(`SELECT ${cases.map(([name]) => `@${name} AS [${name}]`).join(', ')}`);
    for (const [name, , value] of cases) expect({ [name]: recordset[0][name] }).toEqual({ [name]: value });
  });

  it('returns output parameters and the return status', async () => {
    const client = await connect(sandbox);
    await client
      .request()
      .batch('CREATE PROCEDURE dbo.AddOne @n int, @r int OUTPUT AS BEGIN SET @r = @n + 1; RETURN 5; END');
    const { output, returnValue } = await client
      .request()
      .input('n', sql.Int, 41)
      .output('r', sql.Int)
      .execute('dbo.AddOne');
    expect(output).toEqual({ r: 42 });
    expect(returnValue).toBe(5);
  });

  it('prepares a statement and runs it again with other values', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('id', sql.Int);
    await statement.prepare('SELECT ProductName FROM dbo.Products WHERE ProductID = @id');
    expect((await statement.execute({ id: 1 })).recordset).toEqual([{ ProductName: 'Product 01' }]);
    expect((await statement.execute({ id: 77 })).recordset).toEqual([{ ProductName: 'Product 77' }]);
    await statement.unprepare();
  });

  it('hides a transaction of the driver from other sessions, and undoes it when it rolls back', async () => {
    const reader = await connect(sandbox);
    const count = async (): Promise<number> =>
      (await reader.request().query('SELECT COUNT(*) AS n FROM dbo.Regions WITH (READPAST)')).recordset[0].n;
    const before = await count();
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await transaction.request().query("INSERT INTO dbo.Regions VALUES (77, N'West')");
    expect(await count()).toBe(before);
    await transaction.rollback();
    expect(await count()).toBe(before);
  });

  it('stops a computing query on an Attention before it answers 20 other requests, and keeps the connection', async () => {
    const client = await connect(sandbox);
    const request = client.request();
    let outcome: string | undefined;
    const running = request.batch(LONG).then(
      () => (outcome = 'finished'),
      (error: { code?: string }) => (outcome = error.code),
    );
    const others = 'SELECT COUNT(*) AS n FROM sys.dm_exec_requests WHERE session_id <> @@SPID';
    while ((await pool.request().query(others)).recordset[0].n === 0);
    request.cancel();
    for (let i = 0; i < 20 && outcome === undefined; i++) await pool.request().query('SELECT 1 AS n');
    expect(outcome).toBe('ECANCEL');
    await running;
    expect((await client.request().query('SELECT 1 AS n')).recordset).toEqual([{ n: 1 }]);
  });

  it('stops a WAITFOR on an Attention', async () => {
    const client = await connect(sandbox);
    const request = client.request();
    const running = request.batch("WAITFOR DELAY '00:01:00'").catch((error: { code?: string }) => error.code);
    setTimeout(() => request.cancel(), 100);
    expect(await running).toBe('ECANCEL');
  });

  it('lets one session wait for the lock of another, with LOCK_TIMEOUT, and resolves a deadlock', async () => {
    const [a, b] = [await connect(sandbox), await connect(sandbox)];
    await a
      .request()
      .batch('CREATE TABLE dbo.Lockable (id int PRIMARY KEY, v int); INSERT dbo.Lockable VALUES (1, 0), (2, 0)');
    const update = (client: sql.ConnectionPool, id: number): Promise<unknown> =>
      client.request().batch(`UPDATE dbo.Lockable SET v += 1 WHERE id = ${id}`);
    await a.request().batch('BEGIN TRAN');
    await update(a, 1);
    await expect(
      b.request().batch('SET LOCK_TIMEOUT 50; UPDATE dbo.Lockable SET v = 9 WHERE id = 1'),
    ).rejects.toMatchObject({
      number: 1222,
    });
    await b.request().batch('SET LOCK_TIMEOUT -1; BEGIN TRAN');
    await update(b, 2);
    const outcomes = await Promise.allSettled([update(a, 2), update(b, 1)]);
    const failed = outcomes.filter(outcome => outcome.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason).toMatchObject({ number: 1205 });
    for (const client of [a, b]) await client.request().batch('IF @@TRANCOUNT > 0 COMMIT');
    const { recordset } = await a.request().query('SELECT SUM(v) AS total FROM dbo.Lockable');
    expect(recordset).toEqual([{ total: 2 }]);
  });

  it('serves a short query while a long one computes on another connection', async () => {
    const long = await connect(sandbox);
    const request = long.request();
    const ended: string[] = [];
    const running = request.batch(LONG).then(
      () => ended.push('long'),
      () => ended.push('long'),
    );
    for (let i = 0; i < 20; i++) await pool.request().query('SELECT 1 AS n');
    ended.push('short');
    request.cancel();
    await running;
    expect(ended).toEqual(['short', 'long']);
  });

  it('streams 20,000 rows, and waits for a client that pauses', async () => {
    const request = pool.request();
    request.stream = true;
    let rows = 0;
    let paused = false;
    await new Promise<void>((resolve, reject) => {
      request.on('row', () => {
        if (++rows !== 5000) return;
        request.pause();
        paused = true;
        setImmediate(() => request.resume());
      });
      request.on('error', reject);
      request.on('done', () => resolve());
      void request.query("SELECT value AS n, CONCAT('row ', value) AS t FROM GENERATE_SERIES(1, 20000)");
    });
    expect(rows).toBe(20_000);
    expect(paused).toBe(true);
  });

  it('forgets the session on the RESETCONNECTION bit', async () => {
    const client = await connect(sandbox);
    await client
      .request()
      .batch("CREATE TABLE #mine (a int); EXEC sys.sp_set_session_context N'k', N'v'; SET TEXTSIZE 10");
    const connection = await (
      client as unknown as { acquire(owner: unknown): Promise<{ reset(done: (error?: Error) => void): void }> }
    ).acquire(client);
    await new Promise<void>((resolve, reject) => connection.reset(error => (error ? reject(error) : resolve())));
    (client as unknown as { release(connection: unknown): void }).release(connection);
    const { recordset } = await client
      .request()
      .query("SELECT OBJECT_ID('tempdb..#mine') AS t, SESSION_CONTEXT(N'k') AS v, @@TEXTSIZE AS s");
    expect(recordset).toEqual([{ t: null, v: null, s: expect.any(Number) }]);
    expect(recordset[0].s).not.toBe(10);
  });

  it('takes table-valued parameters, and refuses bulk load with a message that names them', async () => {
    const table = new sql.Table('#t');
    table.create = true;
    table.columns.add('a', sql.Int, { nullable: true });
    table.rows.add(1);
    const client = await connect(sandbox);
    await expect(client.request().bulk(table)).rejects.toThrow('The sandbox does not support bulk load.');
    const values = new sql.Table('dbo.List');
    values.columns.add('a', sql.Int);
    values.rows.add(1);
    await client.batch('CREATE TYPE dbo.List AS TABLE (a int)');
    await client.batch('CREATE PROCEDURE dbo.Summed @list dbo.List READONLY AS SELECT SUM(a) AS total FROM @list');
    const summed = await client.request().input('list', values).execute('dbo.Summed');
    expect(summed.recordset).toEqual([{ total: 1 }]);
    expect((await client.request().query('SELECT 1 AS n')).recordset).toEqual([{ n: 1 }]);
  });
});

describe('a sandbox with users', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({
      databaseName: 'Shop',
      seed: 'shop',
      users: [
        { name: 'boss', password: 'b0ss!', roles: ['sysadmin'] },
        { name: 'reader', password: 'r3ad!', roles: ['db_datareader'] },
        { name: 'nobody', password: 'n0!' },
      ],
      tls: { encryption: 'required' },
    });
  });
  afterAll(() => sandbox.close());

  const as = (user: string, password: string, encrypt = true): Promise<sql.ConnectionPool> =>
    connect(sandbox, { user, password, database: 'Shop', options: { encrypt } });

  it('accepts a login with the right password, over TLS only', async () => {
    await expect(as('boss', 'wrong')).rejects.toThrow("Login failed for user 'boss'.");
    await expect(as('sa', 'anything')).rejects.toThrow("Login failed for user 'sa'.");
    await expect(as('boss', 'b0ss!', false)).rejects.toThrow(/encrypt/);
    const boss = await as('boss', 'b0ss!');
    expect((await boss.request().query("SELECT IS_SRVROLEMEMBER('sysadmin') AS a, DB_NAME() AS d")).recordset).toEqual([
      { a: 1, d: 'Shop' },
    ]);
  });

  it('gives each user the rights of its roles', async () => {
    const reader = await as('reader', 'r3ad!');
    expect((await reader.request().query('SELECT COUNT(*) AS n FROM dbo.Categories')).recordset).toEqual([{ n: 8 }]);
    await expect(reader.request().query('DELETE FROM dbo.Categories')).rejects.toMatchObject({ number: 229 });
    const nobody = await as('nobody', 'n0!');
    await expect(nobody.request().query('SELECT * FROM dbo.Categories')).rejects.toMatchObject({ number: 229 });
    expect((await nobody.request().query('SELECT name FROM sys.tables')).recordset).toEqual([]);
    await expect(nobody.request().query('SELECT * FROM sys.dm_db_partition_stats')).rejects.toMatchObject({
      number: 262,
    });
    await expect(nobody.request().query('SELECT * FROM sys.dm_os_sys_info')).rejects.toMatchObject({ number: 300 });
    expect((await nobody.request().query('SELECT COUNT(*) AS n FROM sys.dm_exec_sessions')).recordset).toEqual([
      { n: 1 },
    ]);
  });
});
