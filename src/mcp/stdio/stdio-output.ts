import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { MAX_PENDING_BYTES } from '../protocol/limits.js';

/** Standard output: one message on each line, and nothing else. */
export class StdioOutput {
  constructor(private readonly stream: Writable) {}

  get open(): boolean {
    return this.stream.writable;
  }

  /** Returns false if the message was dropped: the client has gone, or it reads too slowly and the message isn't needed. */
  send(message: string, needed = false): boolean {
    if (!this.open || (!needed && this.stream.writableLength > MAX_PENDING_BYTES)) return false;
    this.stream.write(`${onOneLine(message)}\n`);
    return true;
  }

  /** Resolves when the client has read what was written, so that nothing more need be read from it before. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.stream.writableNeedDrain && this.open) await once(this.stream, 'drain', { signal });
  }

  /** Resolves when the operating system has everything that was sent, or the client has gone. */
  flushed(): Promise<void> {
    return new Promise(resolve => {
      if (this.open) this.stream.write('', () => resolve());
      else resolve();
    });
  }
}

/** "Messages … MUST NOT contain embedded newlines". In JSON a newline can stand only where a space can. */
function onOneLine(message: string): string {
  return /[\r\n]/.test(message) ? message.replaceAll(/[\r\n]/g, ' ') : message;
}
