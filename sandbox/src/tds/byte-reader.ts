/** The bytes of the client violate MS-TDS; the connection is closed. */
export class ProtocolError extends Error {}

/** Reads little-endian fields of a message; a field that reaches past the end is a ProtocolError. */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  private advance(count: number): number {
    const at = this.position;
    if (count < 0 || at + count > this.buffer.length)
      throw new ProtocolError('A field reaches past the end of the message.');
    this.position = at + count;
    return at;
  }

  u8(): number {
    return this.buffer.readUInt8(this.advance(1));
  }

  peekU8(): number {
    const at = this.advance(1);
    this.position = at;
    return this.buffer.readUInt8(at);
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.advance(2));
  }

  i16(): number {
    return this.buffer.readInt16LE(this.advance(2));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.advance(4));
  }

  i32(): number {
    return this.buffer.readInt32LE(this.advance(4));
  }

  u64(): bigint {
    return this.buffer.readBigUInt64LE(this.advance(8));
  }

  i64(): bigint {
    return this.buffer.readBigInt64LE(this.advance(8));
  }

  f32(): number {
    return this.buffer.readFloatLE(this.advance(4));
  }

  f64(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  unsigned(bytes: number): number {
    return this.buffer.readUIntLE(this.advance(bytes), bytes);
  }

  /** A view of the next bytes, valid as long as the message is. */
  view(count: number): Buffer {
    const at = this.advance(count);
    return this.buffer.subarray(at, at + count);
  }

  utf16(bytes: number): string {
    const at = this.advance(bytes);
    return this.buffer.toString('utf16le', at, at + bytes);
  }

  /** B_VARCHAR */
  shortText(): string {
    return this.utf16(this.u8() * 2);
  }

  skip(count: number): void {
    this.advance(count);
  }
}
