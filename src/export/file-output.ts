import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { AppError } from '../common/app-error.js';

export interface WrittenFile {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface FileOutputOptions {
  /** A file of more bytes fails. */
  readonly maxBytes: number;
  /** Called once, before the first byte: nothing has been sent until then. */
  readonly onBegin?: () => void;
}

/**
 * The end of every file writer: counts and hashes what it passes on to a stream, a response or a file. A promise of
 * `write` pauses the statement until the stream takes more. Throws AppError RESULT_TOO_LARGE, and CANCELLED when the
 * stream closes before the end.
 */
export class FileOutput {
  bytes = 0;
  private readonly hash = createHash('sha256');
  private failure: AppError | undefined;
  private begun = false;
  private isWhole = false;
  /** What waits for the stream: for room, or for its end. */
  private waiting: (() => void) | undefined;

  constructor(
    private readonly target: Writable,
    private readonly options: FileOutputOptions,
  ) {
    target.on('error', error => this.fail(error));
    target.on('close', () => this.fail());
    // A browser may have left before anything was written, and its stream then has no more events.
    if (target.destroyed) this.fail();
    target.on('drain', () => this.waiting?.());
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.throwFailure();
    if (this.bytes + chunk.length > this.options.maxBytes) throw tooLarge(this.options.maxBytes);
    if (!this.begun) {
      this.begun = true;
      this.options.onBegin?.();
    }
    this.bytes += chunk.length;
    this.hash.update(chunk);
    if (this.target.write(chunk)) return undefined;
    return this.drained();
  }

  /** Resolves when the stream has taken the last byte. Until then the file is not whole. */
  async end(): Promise<WrittenFile> {
    this.throwFailure();
    await new Promise<void>(resolve => {
      this.waiting = () => (this.failure === undefined ? undefined : resolve());
      this.target.once('finish', () => {
        this.isWhole = true;
        resolve();
      });
      this.target.end();
    });
    this.throwFailure();
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Ends what waits for the stream, and refuses further bytes. */
  abort(reason: AppError): void {
    this.fail(reason);
  }

  private async drained(): Promise<void> {
    await new Promise<void>(resolve => (this.waiting = resolve));
    this.waiting = undefined;
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private fail(cause?: unknown): void {
    if (this.isWhole) return;
    this.failure ??=
      cause instanceof AppError ? cause : new AppError('CANCELLED', 'The file was not taken to its end.', { cause });
    this.waiting?.();
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('RESULT_TOO_LARGE', `The file would have more than ${maxBytes} bytes (EXPORT_MAX_BYTES).`, {
    hint: 'Export fewer rows or columns, or ask an administrator to raise the limit.',
  });
}
