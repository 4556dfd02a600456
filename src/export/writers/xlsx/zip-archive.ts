import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import type { FileOutput } from '../../file-output.js';
import { dataDescriptor, directoryEntry, dosTime, endOfDirectory, localHeader } from './zip-records.js';

/** Bytes before compression. An entry stays below 4 GiB, so that no reader needs zip64 for its size. */
export const MAX_ENTRY_BYTES = 4_000_000_000;
/** The fastest level: XML repeats itself so much that the higher ones save little. */
const LEVEL = 1;
const WINDOW = 256 * 1024;

interface OpenEntry {
  readonly name: Buffer;
  readonly offset: number;
  readonly deflate: DeflateRaw;
  /** What zlib has ready and the output does not have yet. */
  readonly ready: Buffer[];
  crc: number;
  compressed: number;
  size: number;
}

/**
 * Writes a ZIP file front to back, one entry at a time. zlib compresses outside of the main thread: one chunk is on its
 * way while the caller makes the next.
 */
export class ZipArchive {
  private readonly directory: Buffer[] = [];
  private readonly stamp: { readonly time: number; readonly date: number };
  private entry: OpenEntry | undefined;
  private pending: Promise<void> | undefined;

  constructor(
    private readonly output: Pick<FileOutput, 'write'>,
    at: Date,
    /** Bytes before the archive in the same file, for tests with files of more than 4 GiB. */
    private offset = 0,
  ) {
    this.stamp = dosTime(at);
  }

  async open(name: string): Promise<void> {
    const ready: Buffer[] = [];
    const deflate = createDeflateRaw({ level: LEVEL, chunkSize: WINDOW });
    deflate.on('data', (piece: Buffer) => void ready.push(piece));
    const entry = {
      name: Buffer.from(name, 'utf8'),
      offset: this.offset,
      deflate,
      ready,
      crc: 0,
      compressed: 0,
      size: 0,
    };
    this.entry = entry;
    await this.put(localHeader({ ...entry, ...this.stamp }));
  }

  /** Bytes of the open entry so far, before compression. */
  get size(): number {
    return this.entry?.size ?? 0;
  }

  /** Resolves when the chunk before this one is compressed and written: its bytes may then be used again. */
  async write(chunk: Uint8Array): Promise<void> {
    const entry = this.opened();
    entry.crc = crc32(chunk, entry.crc);
    entry.size += chunk.length;
    const before = this.pending;
    const next = (before ?? Promise.resolve()).then(() => this.compress(entry, chunk));
    this.pending = next;
    // The failure is reported to the next write or to `close`.
    next.catch(() => {});
    await before;
  }

  async close(): Promise<void> {
    const entry = this.opened();
    await this.pending;
    this.pending = undefined;
    entry.deflate.end();
    await finished(entry.deflate, { writable: false });
    await this.passOn(entry);
    await this.put(dataDescriptor(entry));
    this.directory.push(directoryEntry({ ...entry, ...this.stamp }));
    this.entry = undefined;
  }

  async add(name: string, text: string): Promise<void> {
    await this.open(name);
    await this.write(Buffer.from(text, 'utf8'));
    await this.close();
  }

  /** Writes the directory. */
  async finish(): Promise<void> {
    const offset = this.offset;
    const directory = Buffer.concat(this.directory);
    await this.put(directory);
    await this.put(endOfDirectory({ entries: this.directory.length, offset, size: directory.length }));
  }

  private opened(): OpenEntry {
    if (this.entry === undefined) throw new Error('No entry of the archive is open.');
    return this.entry;
  }

  private async compress(entry: OpenEntry, chunk: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      entry.deflate.write(chunk, error => (error ? reject(error) : resolve()));
    });
    await this.passOn(entry);
  }

  private async passOn(entry: OpenEntry): Promise<void> {
    for (const piece of entry.ready.splice(0)) {
      entry.compressed += piece.length;
      await this.put(piece);
    }
  }

  private async put(bytes: Buffer): Promise<void> {
    this.offset += bytes.length;
    await this.output.write(bytes);
  }
}
