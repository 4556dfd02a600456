import { createWriteStream, existsSync, mkdirSync, openSync, readSync, statSync, closeSync, fstatSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 1024 * 1024;

interface Pending {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Where lines of the audit trail go: a file that is renamed when it has grown, or stdout. One write at a time. */
export class AuditWriter {
  private queue: Pending[] = [];
  private queuedBytes = 0;
  private writing: Promise<void> | undefined;
  private file: FileHandle | undefined;
  private size = 0;
  private rotations = 0;

  /** `target` is a path, or `-` for stdout. */
  constructor(
    private readonly target: string,
    private readonly rotateAtBytes: number,
  ) {}

  /** Resolves when the line is with the operating system. Rejects when it can't be written, or too many are waiting. */
  write(line: string): Promise<void> {
    if (this.queuedBytes + line.length > MAX_QUEUED_BYTES) return Promise.reject(new Error('the audit queue is full'));
    this.queuedBytes += line.length;
    return new Promise((done, failed) => {
      this.queue.push({ line, done, failed });
      this.writing ??= this.drain();
    });
  }

  /** The hash of the last line written by anybody: a new chain begins by naming it. */
  lastHash(): string | undefined {
    if (this.target === '-' || !existsSync(this.target)) return undefined;
    const file = openSync(this.target, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(file, tail, 0, tail.length, size - tail.length);
      const lines = tail.toString('utf8').trimEnd().split('\n');
      return /^\{"hash":"([0-9a-f]{64})"/.exec(lines[lines.length - 1] ?? '')?.[1];
    } finally {
      closeSync(file);
    }
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file?.close();
    this.file = undefined;
  }

  /** Lines that came while one write was under way go together into the next. */
  private async drain(): Promise<void> {
    // Let everything of this turn of the event loop join the first write.
    await new Promise(setImmediate);
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      this.queuedBytes = 0;
      try {
        await this.append(batch.map(pending => pending.line).join(''));
        for (const pending of batch) pending.done();
      } catch (error) {
        await this.file?.close().catch(() => {});
        this.file = undefined;
        for (const pending of batch) pending.failed(error);
      }
    }
    // At once, with the queue seen empty: a line that comes later must find nobody at work.
    this.writing = undefined;
  }

  private async append(text: string): Promise<void> {
    if (this.target === '-') return writeStdout(text);
    this.file ??= await this.openFile();
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += (await this.file.write(bytes, done)).bytesWritten;
    this.size += bytes.length;
    if (this.size >= this.rotateAtBytes) await this.rotate();
  }

  private async openFile(): Promise<FileHandle> {
    mkdirSync(path.dirname(this.target), { recursive: true });
    const file = await open(this.target, 'a', 0o640);
    this.size = statSync(this.target).size;
    return file;
  }

  /** `audit.jsonl` becomes `audit-20261121T031500123Z-00001.jsonl`. Old files are the administrator's to keep or remove. */
  private async rotate(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    const { dir, name, ext } = path.parse(this.target);
    const stamp = new Date().toISOString().replace(/[-:.]/g, '');
    await rename(this.target, path.join(dir, `${name}-${stamp}-${String(++this.rotations).padStart(5, '0')}${ext}`));
  }
}

const stdout = createWriteStream('', { fd: 1, autoClose: false });

function writeStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => stdout.write(text, error => (error ? reject(error) : resolve())));
}
