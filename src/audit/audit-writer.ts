import {
  type WriteStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  closeSync,
  fstatSync,
} from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readLine } from './audit-chain.js';
import { rotatedName } from './trail-files.js';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 1024 * 1024;
const CHECK_EVERY_MS = 1_000;
/** The time stands in the first 300 bytes of a line, unless the tenant's name is long. */
const FIRST_BYTES = 1_024;

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
  /** The day (UTC) of the first line in the file. */
  private day = '';

  /**
   * `target` is a path, `-` for stdout, or `-2` for stderr. After a failed write `onFailure` is called, then the promises reject. With
   * `daily` a file holds the lines of one day (UTC), so that it can be removed when that day is old enough.
   */
  constructor(
    private readonly target: string,
    private readonly rotateAtBytes: number,
    private readonly onFailure: () => void = () => {},
    private readonly daily = false,
  ) {}

  /**
   * Resolves when the operating system has the line. Rejects if it can't be written. Throws at once if the queue is full
   * (16 MiB), before the caller can chain another line to this one.
   */
  write(line: string): Promise<void> {
    if (this.queuedBytes + line.length > MAX_QUEUED_BYTES) throw new Error('The audit queue is full.');
    this.queuedBytes += line.length;
    return new Promise((done, failed) => {
      this.queue.push({ line, done, failed });
      this.writing ??= this.drain();
    });
  }

  /** The hash of the last complete line in the file, whichever process wrote it. A new chain begins with this hash. */
  lastHash(): string | undefined {
    if (isStream(this.target) || !existsSync(this.target)) return undefined;
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
    if (isStream(this.target)) return writeStream(this.target === '-' ? 1 : 2, text);
    if (this.file !== undefined && (await this.wasMoved())) {
      await this.file.close();
      this.file = undefined;
    }
    this.file ??= await this.openFile();
    if (this.daily && this.size > 0 && this.day !== today()) {
      await this.rotate();
      this.file = await this.openFile();
    }
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
    this.day = this.daily ? await dayOf(file) : '';
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

  /** Renames `audit.jsonl` to `audit-20261121T031500123Z-00001.jsonl`. AUDIT_KEEP_DAYS or the administrator removes it. */
  private async rotate(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    await rename(this.target, rotatedName(this.target, new Date(), ++this.rotations));
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The day of a file's first line; today for an empty file. */
async function dayOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
  return /"time":"(\d{4}-\d{2}-\d{2})T/.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? today();
}

export const isStream = (target: string): boolean => target === '-' || target === '-2';

let stdout: WriteStream | undefined;

/** Standard error goes through Node's own stream: it makes the descriptor non-blocking, which another stream would meet. */
function writeStream(fd: 1 | 2, text: string): Promise<void> {
  const stream = fd === 2 ? process.stderr : (stdout ??= createWriteStream('', { fd, autoClose: false }));
  return new Promise((resolve, reject) => stream.write(text, error => (error ? reject(error) : resolve())));
}
