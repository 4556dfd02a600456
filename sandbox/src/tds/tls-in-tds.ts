import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { HEADER_LENGTH, PacketStatus, PacketType } from './packet.ts';

/**
 * The transport under the TLS layer. During the handshake TLS records travel inside PRELOGIN packets; after it
 * they travel bare and the TDS packets inside them (MS-TDS 3.2.5.2, 3.3.5.2). The first byte that is not a
 * PRELOGIN packet's ends the handshake.
 */
export class TlsInTds extends Duplex {
  private readonly socket: Socket;
  private handshaking: boolean;
  private pending: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, handshaking: boolean) {
    super();
    this.socket = socket;
    this.handshaking = handshaking;
  }

  /** Bytes from the network. */
  feed(chunk: Buffer): void {
    if (!this.handshaking) {
      this.deliver(chunk);
      return;
    }
    this.pending = Buffer.concat([this.pending, chunk]);
    while (this.pending.length >= HEADER_LENGTH) {
      if (this.pending.readUInt8(0) !== PacketType.prelogin) {
        this.handshaking = false;
        this.deliver(this.pending);
        this.pending = Buffer.alloc(0);
        return;
      }
      const length = this.pending.readUInt16BE(2);
      if (length < HEADER_LENGTH) {
        this.destroy(new Error('A packet of the TLS handshake is shorter than its header.'));
        return;
      }
      if (this.pending.length < length) return;
      this.deliver(this.pending.subarray(HEADER_LENGTH, length));
      this.pending = this.pending.subarray(length);
    }
  }

  private deliver(chunk: Buffer): void {
    // Back-pressure stops a client that sends faster than the server reads.
    if (!this.push(chunk)) this.socket.pause();
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.send(chunk, callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this.send(Buffer.concat(chunks.map(part => part.chunk)), callback);
  }

  private send(bytes: Buffer, callback: (error?: Error | null) => void): void {
    if (!this.handshaking) {
      this.socket.write(bytes, callback);
      return;
    }
    const header = Buffer.alloc(HEADER_LENGTH);
    header.writeUInt8(PacketType.prelogin, 0);
    header.writeUInt8(PacketStatus.endOfMessage, 1);
    header.writeUInt16BE(bytes.length + HEADER_LENGTH, 2);
    this.socket.write(Buffer.concat([header, bytes]), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.socket.end();
    callback();
  }
}
