const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines. It holds the bytes of at most one line, up to the limit. */
export class LineSplitter {
  private parts: Buffer[] = [];
  private size = 0;

  /** `limit` in bytes, without the newline. */
  constructor(private readonly limit: number) {}

  /** Gives the lines that these bytes complete, without their newlines; undefined stands for a line above the limit. */
  *push(chunk: Buffer): Generator<Buffer | undefined> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.add(chunk.subarray(start, end));
      yield this.take();
      start = end + 1;
    }
    this.add(chunk.subarray(start));
  }

  /** The bytes of a line that is too long already are counted and not kept. */
  private add(part: Buffer): void {
    this.size += part.length;
    if (this.size > this.limit) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  private take(): Buffer | undefined {
    const line = this.size > this.limit ? undefined : Buffer.concat(this.parts);
    this.parts = [];
    this.size = 0;
    return line;
  }
}
