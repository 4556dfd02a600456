import { ProtocolError } from './byte-reader.ts';

/** MS-TDS 2.2.3.1.1: kinds of packets. */
export const PacketType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  federatedToken: 0x08,
  transaction: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

/** MS-TDS 2.2.3.1.2: bits of a packet's status. */
export const PacketStatus = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepTransaction: 0x10 } as const;

/** How a request resets its session before it runs. */
export type ResetMode = 'none' | 'full' | 'keepTransaction';

export function resetMode(status: number): ResetMode {
  if ((status & PacketStatus.reset) !== 0) return 'full';
  return (status & PacketStatus.resetKeepTransaction) !== 0 ? 'keepTransaction' : 'none';
}

export const HEADER_LENGTH = 8;
export const MIN_PACKET_SIZE = 512;
export const MAX_PACKET_SIZE = 32_767;
export const DEFAULT_PACKET_SIZE = 4096;

export interface Message {
  readonly type: number;
  /** All status bits seen in the message's packets. */
  readonly status: number;
  readonly body: Buffer;
}

/** Assembles messages from packets that arrive in pieces. It limits the size of one message. */
export class MessageReader {
  private pending: Buffer = Buffer.alloc(0);
  /** The incomplete message, in the first `size` bytes. Packets are copied, so that many small ones use no more memory. */
  private body: Buffer = Buffer.alloc(0);
  private size = 0;
  private status = 0;
  maxMessageBytes: number;

  constructor(maxMessageBytes: number) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The messages that `chunk` completes. */
  *push(chunk: Buffer): Generator<Message> {
    this.pending = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk;
    while (this.pending.length >= HEADER_LENGTH) {
      const length = this.pending.readUInt16BE(2);
      if (length < HEADER_LENGTH) throw new ProtocolError('A packet is shorter than its header.');
      if (this.pending.length < length) return;
      const type = this.pending.readUInt8(0);
      const status = this.pending.readUInt8(1);
      const last = (status & PacketStatus.endOfMessage) !== 0;
      this.append(this.pending.subarray(HEADER_LENGTH, length), last);
      this.status |= status;
      this.pending = this.pending.subarray(length);
      if (!last) continue;
      const message = { type, status: this.status, body: this.body };
      this.body = Buffer.alloc(0);
      this.size = 0;
      this.status = 0;
      yield message;
    }
  }

  private append(part: Buffer, last: boolean): void {
    const size = this.size + part.length;
    if (size > this.maxMessageBytes) throw new ProtocolError('A message is longer than the server accepts.');
    if (last ? size !== this.body.length : size > this.body.length) {
      // The message gets its own memory: posting a slice of Node's buffer pool to a thread would copy the whole pool.
      const body = Buffer.allocUnsafeSlow(last ? size : Math.min(size * 2, this.maxMessageBytes));
      this.body.copy(body, 0, 0, this.size);
      this.body = body;
    }
    part.copy(this.body, this.size);
    this.size = size;
  }
}

/** Splits a response into packets of the negotiated size; an incomplete packet waits for more bytes. */
export class PacketWriter {
  packetSize = DEFAULT_PACKET_SIZE;
  spid = 0;
  private rest: Buffer = Buffer.alloc(0);
  private sequence = 0;

  /** The packets that are full, and with `last` also the final one with its end-of-message bit. */
  frame(body: Buffer, last: boolean): Buffer {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, body]) : body;
    const room = this.packetSize - HEADER_LENGTH;
    // A full packet that may be the last one must wait, because only `last` decides its end-of-message bit.
    const full = last ? Math.max(1, Math.ceil(all.length / room)) : Math.max(0, Math.ceil(all.length / room) - 1);
    const used = Math.min(all.length, full * room);
    const out = Buffer.allocUnsafe(used + full * HEADER_LENGTH);
    let at = 0;
    for (let packet = 0; packet < full; packet++) {
      const start = packet * room;
      const end = Math.min(start + room, used);
      const closes = last && packet === full - 1;
      this.sequence = (this.sequence + 1) & 0xff;
      out.writeUInt8(PacketType.response, at);
      out.writeUInt8(closes ? PacketStatus.endOfMessage : 0, at + 1);
      out.writeUInt16BE(end - start + HEADER_LENGTH, at + 2);
      out.writeUInt16BE(this.spid & 0xffff, at + 4);
      out.writeUInt8(this.sequence, at + 6);
      out.writeUInt8(0, at + 7);
      all.copy(out, at + HEADER_LENGTH, start, end);
      at += HEADER_LENGTH + end - start;
    }
    this.rest = Buffer.from(all.subarray(used));
    if (last) this.sequence = 0;
    return out;
  }
}
