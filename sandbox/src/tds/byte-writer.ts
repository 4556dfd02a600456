const INITIAL = 1024;

/** A growing little-endian buffer for TDS tokens. `take` returns the bytes and empties the buffer. */
export class ByteWriter {
  private buffer: Buffer;
  private position = 0;

  constructor(initial = INITIAL) {
    this.buffer = Buffer.allocUnsafeSlow(initial);
  }

  get length(): number {
    return this.position;
  }

  private reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, needed));
    this.buffer.copy(grown, 0, 0, this.position);
    this.buffer = grown;
  }

  u8(value: number): this {
    this.reserve(1);
    this.buffer[this.position++] = value;
    return this;
  }

  u16(value: number): this {
    this.reserve(2);
    this.position = this.buffer.writeUInt16LE(value, this.position);
    return this;
  }

  i16(value: number): this {
    this.reserve(2);
    this.position = this.buffer.writeInt16LE(value, this.position);
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
    return this;
  }

  i32(value: number): this {
    this.reserve(4);
    this.position = this.buffer.writeInt32LE(value, this.position);
    return this;
  }

  u64(value: bigint): this {
    this.reserve(8);
    this.position = this.buffer.writeBigUInt64LE(value, this.position);
    return this;
  }

  i64(value: bigint): this {
    this.reserve(8);
    this.position = this.buffer.writeBigInt64LE(value, this.position);
    return this;
  }

  f32(value: number): this {
    this.reserve(4);
    this.position = this.buffer.writeFloatLE(value, this.position);
    return this;
  }

  f64(value: number): this {
    this.reserve(8);
    this.position = this.buffer.writeDoubleLE(value, this.position);
    return this;
  }

  /** The lowest `bytes` bytes (at most 6) of a non-negative number. */
  unsigned(value: number, bytes: number): this {
    this.reserve(bytes);
    this.position = this.buffer.writeUIntLE(value, this.position, bytes);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.reserve(value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
    return this;
  }

  utf16(value: string): this {
    this.reserve(value.length * 2);
    this.position += this.buffer.write(value, this.position, 'utf16le');
    return this;
  }

  /** B_VARCHAR: a length of at most 255 characters in one byte, then UTF-16. */
  shortText(value: string): this {
    const cut = value.slice(0, 255);
    return this.u8(cut.length).utf16(cut);
  }

  /** US_VARCHAR: a length of at most 65,535 characters in two bytes, then UTF-16. */
  longText(value: string): this {
    const cut = value.slice(0, 65_535);
    return this.u16(cut.length).utf16(cut);
  }

  patchU8(at: number, value: number): void {
    this.buffer[at] = value;
  }

  /** Overwrites two bytes that were written earlier, for lengths that become known later. */
  patchU16(at: number, value: number): void {
    this.buffer.writeUInt16LE(value, at);
  }

  patchU32(at: number, value: number): void {
    this.buffer.writeUInt32LE(value, at);
  }

  /** Discards everything that was written after `length`. */
  truncate(length: number): void {
    this.position = length;
  }

  /** The bytes written so far, in a buffer of their own that may be transferred to another thread. */
  take(): Buffer {
    const result = this.buffer.subarray(0, this.position);
    if (this.position * 2 < this.buffer.length) {
      const copy = Buffer.allocUnsafeSlow(this.position);
      result.copy(copy);
      this.position = 0;
      return copy;
    }
    this.buffer = Buffer.allocUnsafeSlow(INITIAL);
    this.position = 0;
    return result;
  }
}
