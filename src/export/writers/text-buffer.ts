/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const MOST_BYTES = 3;

/**
 * Collects texts as UTF-8. Texts that wait in one long string would outlive several garbage collections, and the heap
 * would grow with the file.
 */
export class TextBuffer {
  private used = 0;
  private bytes: Buffer;

  constructor(private readonly size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  add(text: string): void {
    const most = text.length * MOST_BYTES;
    if (this.used + most > this.bytes.length) this.grow(this.used + most);
    this.used += this.bytes.write(text, this.used);
  }

  get length(): number {
    return this.used;
  }

  /** Returns what was collected; the next `add` overwrites it. */
  lend(): Buffer {
    const lent = this.bytes.subarray(0, this.used);
    this.used = 0;
    return lent;
  }

  /** Returns what was collected, for a receiver that keeps it. */
  give(): Buffer {
    const given = this.lend();
    this.bytes = Buffer.allocUnsafeSlow(this.size);
    return given;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}
