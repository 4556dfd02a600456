import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection as Client, Request, TYPES, type ConnectionConfiguration } from 'tedious';
import { type EngineSession, type RequestOutcome, type ResultColumn, type Steps, PAUSE } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import { EngineHost, serverMessage } from '../worker/engine-host.ts';
import { FaultPlan } from '../worker/fault-plan.ts';
import type { ToEngine } from '../worker/messages.ts';
import type { Backend, ConnectionEvents } from './backend.ts';
import { makeCertificate, secureContextOf } from './certificate.ts';
import { TdsServer } from './server.ts';

const OUTCOME: RequestOutcome = { returnStatus: 0, outputs: [] };
const INT: SqlType = { name: 'int' };

const WIDE = 'x'.repeat(8000);

const seen = { resets: [] as boolean[], rowsMade: 0, closed: 0, spinning: 0 };

async function until(what: string, condition: () => boolean): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`not in 10 s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** A session that understands a few words instead of SQL, to test the protocol alone. */
class EchoSession implements EngineSession {
  readonly spid = 51;
  ignoresShowPlan = false;

  *executeBatch(...[sql, sink, ticker]: Parameters<EngineSession['executeBatch']>): Steps<RequestOutcome> {
    const word = /^(\w+)\s*(\d*)/.exec(sql.trim());
    const count = Number(word?.[2] || 0);
    if (word?.[1] === 'rows' || word?.[1] === 'wide') {
      const wide = word[1] === 'wide';
      sink.columns([{ name: 'n', type: wide ? { name: 'varchar', length: 8000 } : INT, nullable: false }]);
      for (let n = 1; n <= count; n++) {
        seen.rowsMade = n;
        if (sink.row([wide ? WIDE : n])) yield sink.drained;
        if (ticker.tick()) yield PAUSE;
      }
      sink.done(count, { kind: 'select' });
    } else if (word?.[1] === 'spin') {
      seen.spinning++;
      for (;;) if (ticker.tick()) yield PAUSE;
    } else if (word?.[1] === 'lock') {
      yield { ready: () => false };
    } else if (word?.[1] === 'error') {
      sink.error(serverMessage(count, `Error ${count}.`, 16));
      sink.done(null, { kind: 'other', failed: true });
    } else if (word?.[1] === 'fatal') {
      throw new SqlError(40613, 'Gone.', 20);
    }
    return OUTCOME;
  }

  *executeProcedure(...[name, parameters, sink]: Parameters<EngineSession['executeProcedure']>): Steps<RequestOutcome> {
    const columns: ResultColumn[] = parameters.map(p => ({ name: p.name.slice(1), type: p.type, nullable: true }));
    sink.columns(columns);
    const row: Value[] = parameters.map(p => p.value);
    if (sink.row(row)) yield sink.drained;
    sink.row(parameters.map(() => null));
    sink.done(2, { kind: 'select' });
    sink.info(serverMessage(0, name, 0));
    return { returnStatus: 7, outputs: parameters.filter(p => p.output) };
  }

  transaction(...[request, sink]: Parameters<EngineSession['transaction']>): void {
    const transaction = 5n;
    if (request.kind === 'begin') sink.environment({ type: 'begin', transaction });
    if (request.kind === 'commit') sink.environment({ type: 'commit', transaction });
    if (request.kind === 'rollback') throw new SqlError(3903, 'No transaction.');
  }

  reset(keepTransaction: boolean): void {
    seen.resets.push(keepTransaction);
  }

  close(): void {
    seen.closed++;
  }
}

function inProcess(): Backend {
  const connections = new Map<number, ConnectionEvents>();
  let last = 0;
  const engine = {
    databaseOf: () => 'Echo',
    login(request: { user: string; password: string; database: string }) {
      if (request.password !== 'sésame') throw new SqlError(18456, `Login failed for user '${request.user}'.`, 14);
      return new EchoSession();
    },
  };
  const host = new EngineHost(engine, new FaultPlan(), message => {
    setImmediate(() => {
      if (message.kind === 'accepted') connections.get(message.connection)?.accepted(message.spid, message.packetSize);
      if (message.kind === 'tokens')
        connections.get(message.connection)?.tokens(Buffer.from(message.bytes), message.last);
      if (message.kind === 'disconnect') connections.get(message.connection)?.disconnect(message.atOnce);
    });
  });
  return {
    connect(events) {
      const connection = ++last;
      const cancel = new SharedArrayBuffer(4);
      const flag = new Int32Array(cancel);
      connections.set(connection, events);
      const post = (message: ToEngine): void => void setImmediate(() => host.handle(message));
      return {
        login: login => post({ kind: 'login', connection, login, cancel }),
        request: (type, body, reset) => post({ kind: 'request', connection, type, body, reset }),
        credit: () => post({ kind: 'credit', connection }),
        cancel: () => {
          Atomics.store(flag, 0, 1);
          post({ kind: 'wake' });
        },
        clearCancel: () => Atomics.store(flag, 0, 0),
        close: () => {
          Atomics.store(flag, 0, 1);
          post({ kind: 'close', connection });
        },
      };
    },
  };
}

describe('TdsServer', () => {
  let server: TdsServer;
  const clients: Client[] = [];

  let cert: string;

  beforeAll(async () => {
    const pair = await makeCertificate();
    cert = pair.cert;
    server = new TdsServer({
      backend: inProcess(),
      secureContext: secureContextOf(pair),
      encryption: 'optional',
      host: '127.0.0.1',
      port: 0,
      loginTimeout: 5000,
      maxMessageBytes: 1 << 24,
      maxConnections: 100,
      log: () => {},
    });
    await server.listen();
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  function connect(
    change: Partial<NonNullable<ConnectionConfiguration['options']>> = {},
    password = 'sésame',
  ): Promise<Client> {
    const client = new Client({
      server: '127.0.0.1',
      authentication: { type: 'default', options: { userName: 'sa', password } },
      options: { port: server.port, encrypt: false, trustServerCertificate: true, connectTimeout: 5000, ...change },
    });
    clients.push(client);
    client.on('error', () => {});
    return new Promise((resolve, reject) => client.connect(error => (error ? reject(error) : resolve(client))));
  }

  interface Result {
    readonly rows: unknown[][];
    readonly error: Error | undefined;
  }

  function batch(client: Client, sql: string, onRow?: (request: Request, rows: number) => void): Promise<Result> {
    return new Promise(resolve => {
      const rows: unknown[][] = [];
      const request = new Request(sql, error => resolve({ rows, error: error ?? undefined }));
      request.on('row', columns => {
        rows.push((columns as { value: unknown }[]).map(column => column.value));
        onRow?.(request, rows.length);
      });
      client.execSqlBatch(request);
    });
  }

  it.each([
    ['without encryption', false],
    ['with TLS inside TDS', true],
    ['with TDS 8.0', 'strict'],
  ])('answers a client %s', async (_name, encrypt) => {
    const client = await connect({
      encrypt: encrypt as boolean,
      trustServerCertificate: encrypt !== 'strict',
      cryptoCredentialsDetails: { ca: cert },
    });
    expect(await batch(client, 'rows 3')).toEqual({ rows: [[1], [2], [3]], error: undefined });
  });

  it('honours the packet size that the client asks for', async () => {
    for (const packetSize of [512, 32_767]) {
      const client = await connect({ packetSize });
      expect((await batch(client, 'rows 5000')).rows).toHaveLength(5000);
    }
  });

  it('refuses a wrong password with 18456', async () => {
    await expect(connect({}, 'wrong')).rejects.toMatchObject({ message: "Login failed for user 'sa'." });
  });

  it('refuses a client without encryption when it is required', async () => {
    const strict = new TdsServer({ ...server['options'], encryption: 'required', port: 0 });
    await strict.listen();
    const client = new Client({
      server: '127.0.0.1',
      authentication: { type: 'default', options: { userName: 'sa', password: 'sésame' } },
      options: { port: strict.port, encrypt: false, connectTimeout: 5000 },
    });
    await expect(
      new Promise<void>((resolve, reject) => client.connect(error => (error ? reject(error) : resolve()))),
    ).rejects.toThrow(/encrypt/);
    await strict.close();
  });

  it('reports errors, and answers the next request', async () => {
    const client = await connect();
    expect((await batch(client, 'error 208')).error).toMatchObject({ number: 208, message: 'Error 208.' });
    expect((await batch(client, 'rows 1')).rows).toEqual([[1]]);
  });

  it('ends the connection after an error of severity 20', async () => {
    const client = await connect();
    const ended = new Promise(resolve => client.once('end', resolve));
    expect((await batch(client, 'fatal')).error).toMatchObject({ number: 40613 });
    await ended;
  });

  it('pauses a query while the client does not read', async () => {
    const client = await connect();
    let paused = 0;
    // 24 MB: several times what the window and the socket's buffers on both sides take (about 6 MB).
    const { rows } = await batch(client, 'wide 3000', (request, count) => {
      if (count !== 100) return;
      request.pause();
      const look = (before: number): void => {
        // The query has paused: the window and the buffers of the socket are full.
        if (seen.rowsMade === before) {
          paused = before;
          request.resume();
        } else setTimeout(look, 50, seen.rowsMade);
      };
      setTimeout(look, 50, -1);
    });
    expect(rows).toHaveLength(3000);
    expect(paused).toBeLessThan(2000);
  });

  it.each(['spin', 'lock', 'rows 100000000'])('stops "%s" on an Attention and keeps the connection', async sql => {
    const client = await connect();
    const request = new Promise<Error | undefined>(resolve => {
      const asked = new Request(sql, error => resolve(error ?? undefined));
      client.execSqlBatch(asked);
      setTimeout(() => client.cancel(), 100);
    });
    expect(await request).toMatchObject({ code: 'ECANCEL' });
    expect((await batch(client, 'rows 2')).rows).toEqual([[1], [2]]);
  });

  it('resets the session on the RESETCONNECTION bit', async () => {
    const client = await connect();
    seen.resets = [];
    await new Promise<void>((resolve, reject) => client.reset(error => (error ? reject(error) : resolve())));
    expect(seen.resets).toEqual([false]);
  });

  it('executes transaction requests, with their ENVCHANGE and their errors', async () => {
    const client = await connect();
    await new Promise<void>((resolve, reject) => client.beginTransaction(error => (error ? reject(error) : resolve())));
    await new Promise<void>((resolve, reject) =>
      client.commitTransaction(error => (error ? reject(error) : resolve())),
    );
    await expect(
      new Promise<void>((resolve, reject) => client.rollbackTransaction(error => (error ? reject(error) : resolve()))),
    ).rejects.toMatchObject({ number: 3903 });
  });

  it('closes the session when the client goes away in the middle of a query', async () => {
    const client = await connect();
    const before = { ...seen };
    void batch(client, 'spin');
    await until('the query runs', () => seen.spinning > before.spinning);
    client.close();
    await until('the session is closed', () => seen.closed > before.closed);
    expect(seen.closed).toBe(before.closed + 1);
  });

  it('reads and writes parameters of every type exactly', async () => {
    const client = await connect({ useUTC: true });
    const date = new Date('2024-02-29T13:14:15.123Z');
    const long = 'ä€\u{1f600}'.repeat(40_000);
    const bytes = Buffer.alloc(100_000, 7);
    const values: [string, (typeof TYPES)[keyof typeof TYPES], unknown, unknown, object?][] = [
      ['bit', TYPES.Bit, true, true],
      ['tinyint', TYPES.TinyInt, 255, 255],
      ['smallint', TYPES.SmallInt, -32_768, -32_768],
      ['int', TYPES.Int, -2_147_483_648, -2_147_483_648],
      ['bigint', TYPES.BigInt, '-9223372036854775808', '-9223372036854775808'],
      ['real', TYPES.Real, 0.5, 0.5],
      ['float', TYPES.Float, -1e300, -1e300],
      ['decimal', TYPES.Decimal, -12345.678, -12345.678, { precision: 18, scale: 3 }],
      ['numeric', TYPES.Numeric, 7.25, 7.25, { precision: 38, scale: 2 }],
      ['money', TYPES.Money, -922_337.5807, -922_337.5807],
      ['smallmoney', TYPES.SmallMoney, 214_748.3647, 214_748.3647],
      ['char', TYPES.Char, 'abc', 'abc', { length: 3 }],
      ['varchar', TYPES.VarChar, 'Grüße €', 'Grüße €'],
      ['varcharmax', TYPES.VarChar, 'é'.repeat(9000), 'é'.repeat(9000), { length: Infinity }],
      ['nchar', TYPES.NChar, '日本', '日本', { length: 2 }],
      ['nvarchar', TYPES.NVarChar, 'Ünï', 'Ünï'],
      ['nvarcharmax', TYPES.NVarChar, long, long],
      ['empty', TYPES.NVarChar, '', ''],
      ['text', TYPES.Text, 'old', 'old'],
      ['ntext', TYPES.NText, 'öld', 'öld'],
      ['binary', TYPES.Binary, Buffer.from('0102', 'hex'), Buffer.from('0102', 'hex'), { length: 2 }],
      ['varbinary', TYPES.VarBinary, Buffer.from('ff', 'hex'), Buffer.from('ff', 'hex')],
      ['varbinarymax', TYPES.VarBinary, bytes, bytes],
      ['image', TYPES.Image, Buffer.from('00ff', 'hex'), Buffer.from('00ff', 'hex')],
      ['guid', TYPES.UniqueIdentifier, '0E984725-C51C-4BF4-9960-E1C80E27ABA0', '0E984725-C51C-4BF4-9960-E1C80E27ABA0'],
      ['date', TYPES.Date, new Date('0001-01-01'), new Date('0001-01-01')],
      ['datetime', TYPES.DateTime, date, date],
      ['smalldatetime', TYPES.SmallDateTime, new Date('2024-02-29T13:14:00Z'), new Date('2024-02-29T13:14:00Z')],
      ['datetime2', TYPES.DateTime2, date, date, { scale: 3 }],
      ['datetimeoffset', TYPES.DateTimeOffset, date, date, { scale: 7 }],
    ];
    const result = await new Promise<{ row: unknown[]; nulls: unknown[]; status: unknown; out: unknown }>(
      (resolve, reject) => {
        const rows: unknown[][] = [];
        let status: unknown;
        let out: unknown;
        const request = new Request('echo', error =>
          error ? reject(error) : resolve({ row: rows[0]!, nulls: rows[1]!, status, out }),
        );
        for (const [name, type, value, , options] of values) request.addParameter(name, type, value, options);
        request.addOutputParameter('out', TYPES.NVarChar, 'back');
        request.on('row', columns => rows.push((columns as { value: unknown }[]).map(column => column.value)));
        request.on('doneProc', (_count, _more, returned) => (status = returned));
        request.on('returnValue', (_name, value) => (out = value));
        client.callProcedure(request);
      },
    );
    values.forEach(([name, , , expected], i) =>
      expect({ [name]: plain(result.row[i]) }).toEqual({ [name]: plain(expected) }),
    );
    expect(result.nulls).toEqual([...values.map(() => null), null]);
    expect(result.status).toBe(7);
    expect(result.out).toBe('back');
  });
});

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return value;
}
