import { connect, type Socket } from 'node:net';

/** One TDS packet. */
export function packet(type: number, body: Uint8Array, status = 1): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(type, 0);
  head.writeUInt8(status, 1);
  head.writeUInt16BE(body.length + 8, 2);
  return Buffer.concat([head, body]);
}

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** ALL_HEADERS with a transaction descriptor. */
export const HEADERS = Buffer.from('16000000120000000200000000000000000001000000', 'hex');

export const batch = (sql: string, status = 1): Buffer => packet(1, Buffer.concat([HEADERS, utf16(sql)]), status);

export const ATTENTION = packet(6, new Uint8Array());

/** PRELOGIN of a client that has no TLS. */
export const PRELOGIN = packet(0x12, Buffer.from([1, 0, 6, 0, 1, 0xff, 2]));

/** LOGIN7; `change` may corrupt it. */
export function login7(change: (body: Buffer) => void = () => {}): Buffer {
  const password = utf16('x').map(byte => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5);
  const fields = ['host', 'sa', password, 'hostile', '', '', '', '', ''].map(field =>
    typeof field === 'string' ? utf16(field) : field,
  );
  const fixed = Buffer.alloc(94);
  fixed.writeUInt32LE(0x74000004, 4);
  fixed.writeUInt32LE(4096, 8);
  let at = fixed.length;
  fields.forEach((bytes, i) => {
    fixed.writeUInt16LE(at, 36 + i * 4);
    fixed.writeUInt16LE(bytes.length / 2, 38 + i * 4);
    at += bytes.length;
  });
  const body = Buffer.concat([fixed, ...fields]);
  body.writeUInt32LE(body.length, 0);
  change(body);
  return packet(0x10, body);
}

/** A call of sp_executesql: SELECT @a, with the bytes of @a (TYPE_INFO and value) as they are given. */
export function selectOf(declaration: string, value: readonly number[]): Buffer {
  const text = (words: string): Buffer =>
    Buffer.concat([Buffer.from([0, 0, 0xe7, 0x40, 0x1f, 9, 4, 0xd0, 0, 0x34, words.length * 2, 0]), utf16(words)]);
  const name = 'sp_executesql';
  return packet(
    3,
    Buffer.concat([
      HEADERS,
      Buffer.from([name.length, 0]),
      utf16(name),
      Buffer.from([0, 0]),
      text('SELECT @a'),
      text(`@a ${declaration}`),
      Buffer.from([2, ...utf16('@a'), 0, ...value]),
    ]),
  );
}

/** A client that sends given bytes. */
export class RawClient {
  readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  /** Packets of a message whose last packet has not arrived: kept, so that a long answer is read in linear time. */
  private parts: Buffer[] = [];
  private closed = false;
  private wake: () => void = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', chunk => {
      this.received = Buffer.concat([this.received, chunk as Buffer]);
      this.wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  static async loggedIn(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    client.write(PRELOGIN);
    await client.message();
    client.write(login7());
    await client.message();
    return client;
  }

  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  /** The next whole message of the server; undefined when it has closed the connection. */
  async message(): Promise<Buffer | undefined> {
    for (;;) {
      while (this.received.length >= 8) {
        const length = this.received.readUInt16BE(2);
        if (length > this.received.length) break;
        const last = (this.received.readUInt8(1) & 1) !== 0;
        this.parts.push(this.received.subarray(8, length));
        this.received = this.received.subarray(length);
        if (last) return Buffer.concat(this.parts.splice(0));
      }
      if (this.closed) return undefined;
      await new Promise<void>(resolve => (this.wake = resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The number of the error that a message begins with. */
export const errorOf = (message: Buffer | undefined): number | undefined =>
  message?.[0] === 0xaa ? message.readInt32LE(3) : undefined;

/** Whether a message holds a result set. */
export const hasRows = (message: Buffer | undefined): boolean => message?.[0] === 0x81;
