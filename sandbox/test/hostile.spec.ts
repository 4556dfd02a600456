import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../src/index.ts';
import {
  ATTENTION,
  batch,
  errorOf,
  hasRows,
  HEADERS,
  login7,
  packet,
  PRELOGIN,
  RawClient,
  selectOf,
  utf16,
} from './hostile/raw-client.ts';

const bytes = (length: number, value = 0): Buffer => Buffer.alloc(length, value);
const NVARCHAR = [0x09, 0x04, 0xd0, 0x00, 0x34];

/** Messages that no client should send before its login. */
const BEFORE_LOGIN: readonly (readonly [string, readonly Buffer[]])[] = [
  ['a packet shorter than its header', [bytes(64)]],
  ['a batch first', [batch('SELECT 1')]],
  ['a login first', [login7()]],
  ['a PRELOGIN option past the end', [packet(0x12, Buffer.from([1, 255, 255, 255, 255, 0xff]))]],
  ['a PRELOGIN without end', [packet(0x12, bytes(3))]],
  ['two PRELOGINs', [PRELOGIN, PRELOGIN]],
  ['a batch instead of the login', [PRELOGIN, batch('SELECT 1')]],
  ['SSPI instead of the login', [PRELOGIN, packet(0x11, bytes(10))]],
  ['a login of 20 bytes', [PRELOGIN, packet(0x10, bytes(20))]],
  ['a login of zeros', [PRELOGIN, packet(0x10, bytes(94))]],
  ['a login with an offset past the end', [PRELOGIN, login7(body => body.writeUInt16LE(65_535, 40))]],
  ['a login with a length past the end', [PRELOGIN, login7(body => body.writeUInt16LE(65_535, 42))]],
  ['TDS 7.0', [PRELOGIN, login7(body => body.writeUInt32LE(0x70000000, 4))]],
  ['a login of more than 128 KB', [PRELOGIN, ...Array.from({ length: 40 }, () => packet(0x10, bytes(4000), 0))]],
];

/** Messages that no client should send after its login. */
const AFTER_LOGIN: readonly (readonly [string, Buffer])[] = [
  ['an empty batch', packet(1, bytes(0))],
  ['headers of length 0', packet(1, bytes(22))],
  ['headers of 4 GB', packet(1, Buffer.concat([bytes(4, 255), bytes(30)]))],
  ['an RPC that names nothing', packet(3, HEADERS)],
  ['an RPC name past the end', packet(3, Buffer.concat([HEADERS, Buffer.from([0xfe, 0xff])]))],
  ['an unknown RPC number', packet(3, Buffer.concat([HEADERS, Buffer.from([0xff, 0xff, 99, 0, 0, 0])]))],
  ['an unknown data type', selectOf('int', [0x99, 1, 2, 3])],
  ['an int of 3 bytes', selectOf('int', [0x26, 3, 3, 1, 2, 3])],
  ['a guid of 5 bytes', selectOf('uniqueidentifier', [0x24, 16, 5, 1, 2, 3, 4, 5])],
  ['a decimal of 200 bytes', selectOf('decimal(38,0)', [0x6c, 17, 38, 0, 200, 1, ...bytes(199, 255)])],
  ['a time of 200 bytes', selectOf('time', [0x29, 7, 200, ...bytes(200)])],
  ['a datetime2 of 3 bytes', selectOf('datetime2', [0x2a, 7, 3, 0, 0, 0])],
  ['half a character', selectOf('nvarchar(10)', [0xe7, 20, 0, ...NVARCHAR, 3, 0, 65, 0, 66])],
  ['text longer than its type', selectOf('nvarchar(10)', [0xe7, 2, 0, ...NVARCHAR, 4, 0, 65, 0, 66, 0])],
  [
    'chunks that never arrive',
    selectOf('nvarchar(max)', [0xe7, 255, 255, ...NVARCHAR, ...bytes(8, 254), 255, 255, 255, 127]),
  ],
  ['a variant in a variant', selectOf('sql_variant', [0x62, 0, 0, 0, 0, 8, 0, 0, 0, 0x62, ...bytes(7)])],
  ['an unknown transaction request', packet(0x0e, Buffer.concat([HEADERS, Buffer.from([99, 0])]))],
  ['an unknown isolation level', packet(0x0e, Buffer.concat([HEADERS, Buffer.from([5, 0, 77, 0])]))],
];

/** Bytes of the right length that are no value of their type (error 8023). */
const NO_VALUES: readonly (readonly [string, Buffer])[] = [
  ['float NaN', selectOf('float', [0x6d, 8, 8, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f])],
  ['float infinity', selectOf('float', [0x6d, 8, 8, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f])],
  ['real NaN', selectOf('real', [0x6d, 4, 4, 0, 0, 0xc0, 0x7f])],
  ['a decimal beyond its precision', selectOf('decimal(5,0)', [0x6c, 17, 5, 0, 17, 1, ...bytes(16, 255)])],
  ['a date in the year 45,000', selectOf('date', [0x28, 3, 255, 255, 255])],
  ['a time after midnight', selectOf('time', [0x29, 7, 5, 255, 255, 255, 255, 255])],
  ['a datetime in the year 5,000,000', selectOf('datetime', [0x6f, 8, 8, 255, 255, 255, 0x7f, 0, 0, 0, 0])],
  ['a smalldatetime after midnight', selectOf('smalldatetime', [0x6f, 4, 4, 1, 0, 255, 255])],
  ['an offset of 22 days', selectOf('datetimeoffset', [0x2b, 7, 10, 0, 0, 0, 0, 0, 1, 0, 0, 255, 0x7f])],
];

describe('a hostile client', () => {
  let sandbox: Sandbox;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'none', tls: { encryption: 'optional' } });
  });
  // A client of one test must not affect the next test.
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => sandbox.close());

  const open = async (): Promise<RawClient> => {
    const client = await RawClient.loggedIn(sandbox.port);
    clients.push(client);
    return client;
  };

  /** Expects that the server answers another client. */
  const serverAnswers = async (): Promise<void> => {
    const client = await open();
    client.write(batch('SELECT 1'));
    expect(hasRows(await client.message())).toBe(true);
    client.close();
  };

  it.each(BEFORE_LOGIN)('is disconnected for %s', async (_name, packets) => {
    const client = new RawClient(sandbox.port);
    for (const part of packets) client.write(part);
    // The answer to a valid PRELOGIN may precede the end.
    while (await client.message());
    await serverAnswers();
  });

  it.each(AFTER_LOGIN)('is disconnected for %s', async (_name, request) => {
    const client = await open();
    client.write(request);
    expect(await client.message()).toBeUndefined();
    await serverAnswers();
  });

  it.each(NO_VALUES)('gets error 8023 for %s, and may go on', async (_name, request) => {
    const client = await open();
    client.write(request);
    expect(errorOf(await client.message())).toBe(8023);
    client.write(batch('SELECT 1'));
    expect(hasRows(await client.message())).toBe(true);
    client.close();
  });

  it('gets an error for an unknown kind of message, and may go on', async () => {
    const client = await open();
    for (const type of [0x02, 0x07, 0x08, 0x10, 0x12, 0x55]) {
      client.write(packet(type, bytes(30)));
      expect(errorOf(await client.message())).toBe(50000);
    }
    client.write(batch('SELECT 1'));
    expect(hasRows(await client.message())).toBe(true);
    client.close();
  });

  it('does not fill the memory with a loop of PRINT that it never reads', async () => {
    const client = await open();
    client.socket.pause();
    const before = process.memoryUsage().rss;
    client.write(batch("WHILE 1 = 1 PRINT REPLICATE('x', 4000)"));
    const until = performance.now() + 1500;
    while (performance.now() < until) await serverAnswers();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    client.close();
    await serverAnswers();
  });

  it('does not delay other clients with 100,000 calls in one message', async () => {
    const client = await open();
    const call = Buffer.from([0xff, 0xff, 15, 0, 0, 0, 0xff]);
    // The calls take about 20 times as long as the five logins and queries below, which are served in between.
    const calls = packet(3, Buffer.concat(Array.from({ length: 4000 }, () => call)), 0);
    client.write(packet(3, HEADERS, 0));
    for (let i = 0; i < 25; i++) client.write(calls);
    client.write(packet(3, call));
    let done = false;
    void client.message().then(() => (done = true));
    for (let i = 0; i < 5; i++) await serverAnswers();
    // The other clients were served between the calls, not after them.
    expect(done).toBe(false);
    client.close();
    await serverAnswers();
  });

  it('stops a request at any moment with an Attention, and goes on', async () => {
    const client = await open();
    for (let delay = 0; delay < 15; delay++) {
      client.write(batch("SELECT value, REPLICATE('A', 200) FROM GENERATE_SERIES(1, 30000)"));
      await new Promise(resolve => setTimeout(resolve, delay));
      client.write(ATTENTION);
      let acknowledged = false;
      while (!acknowledged) {
        const message = await client.message();
        acknowledged = (message!.readUInt16LE(message!.length - 12) & 0x20) !== 0;
      }
      client.write(batch('SELECT 1'));
      expect(hasRows(await client.message())).toBe(true);
    }
    client.close();
  });

  it('may send text that is not valid Unicode', async () => {
    const client = await open();
    client.write(batch(`SELECT N'\ud800', LEN(N'\udc00'), 1`));
    expect(hasRows(await client.message())).toBe(true);
    client.write(packet(1, Buffer.concat([HEADERS, utf16('SELECT 1'), Buffer.from([65])])));
    expect(hasRows(await client.message())).toBe(true);
    client.close();
  });
});
