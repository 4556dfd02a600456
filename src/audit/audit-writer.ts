import { createWriteStream, existsSync, mkdirSync, openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readLine } from './audit-chain.js';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 1024 * 1024;
const CHECK_EVERY_MS = 1_000;

interface Pending {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes the lines of the audit trail to stdout or to a file, which is rotated by size. One write runs at a time. */
export class AuditWriter {
  private queue: Pending[] = [];
  private queuedBytes = 0;
  private writing: Promise<void> | undefined;
  private file: FileHandle | undefined;
  private size = 0;
  private inode = 0;
  private checkedAt = 0;
  private rotations = 0;

  /** `target` is a path, or `-` for stdout. After a failed write `onFailure` is called, then the promises reject. */
  constructor(
    private readonly target: string,
    private readonly rotateAtBytes: number,
    private readonly onFailure: () => void = () => {},
  ) {}

  /** Resolves when the operating system has the line. Rejects if it can't be written or the queue is full (16 MiB). */
  write(line: string): Promise<void> {
    if (this.queuedBytes + line.length > MAX_QUEUED_BYTES) return Promise.reject(new Error('The audit queue is full.'));
    this.queuedBytes += line.length;
    return new Promise((done, failed) => {
      this.queue.push({ line, done, failed });
      this.writing ??= this.drain();
    });
  }

  /** The hash of the last complete line in the file, whichever process wrote it. A new chain begins with this hash. */
  lastHash(): string | undefined {
    if (this.target === '-' || !existsSync(this.target)) return undefined;
    const file = openSync(this.target, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(file, tail, 0, tail.length, size - tail.length);
      // A process that was killed, or a full disk, may have left an incomplete line.
      const last = tail
        .toString('utf8')
        .split('\n')
        .findLast(line => readLine(line) !== undefined);
      return last === undefined ? undefined : readLine(last)?.hash;
    } finally {
      closeSync(file);
    }
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file?.close();
    this.file = undefined;
  }

  /** Writes the queue. Lines that arrive during one write are written together by the next one. */
  private async drain(): Promise<void> {
    // The first write includes all lines of this turn of the event loop.
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
        // The lines that arrived meanwhile have the hashes of these lines. If they were written without these, the
        // trail would look as if lines had been removed.
        const failed = [...batch, ...this.queue];
        this.queue = [];
        this.queuedBytes = 0;
        this.onFailure();
        for (const pending of failed) pending.failed(error);
      }
    }
    // Reset it in the same turn in which the queue was empty, so that the next line starts a new write.
    this.writing = undefined;
  }

  private async append(text: string): Promise<void> {
    if (this.target === '-') return writeStdout(text);
    if (this.file !== undefined && (await this.wasMoved())) {
      await this.file.close();
      this.file = undefined;
    }
    this.file ??= await this.openFile();
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += (await this.file.write(bytes, done)).bytesWritten;
    this.size += bytes.length;
    if (this.size >= this.rotateAtBytes) await this.rotate();
  }

  private async openFile(): Promise<FileHandle> {
    mkdirSync(path.dirname(this.target), { recursive: true });
    const file = await open(this.target, 'a+', 0o640);
    const { size, ino } = await file.stat();
    this.size = size;
    this.inode = ino;
    this.checkedAt = Date.now();
    // An incomplete line at the end of the file must not join the next line.
    if (size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() !== '\n')
      this.size += (await file.write('\n')).bytesWritten;
    return file;
  }

  /** Checks whether another program removed or renamed the file, because all later records would then be lost. */
  private async wasMoved(): Promise<boolean> {
    if (Date.now() - this.checkedAt < CHECK_EVERY_MS) return false;
    this.checkedAt = Date.now();
    const there = await stat(this.target).catch(() => undefined);
    return there?.ino !== this.inode;
  }

  /** Renames `audit.jsonl` to `audit-20261121T031500123Z-00001.jsonl`. The administrator keeps or removes old files. */
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
