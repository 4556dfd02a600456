import { AppError } from '../../common/app-error.js';
import type { FileOutput } from '../file-output.js';
import { TextBuffer } from './text-buffer.js';

/** Bytes. Fewer and larger writes are cheaper than one for each row. */
const CHUNK = 64 * 1024;
/** Room for the line that makes a chunk full. */
const SPARE = 16 * 1024;

/** Collects lines of text, and writes them as UTF-8 in large chunks. */
export class TextChunks {
  private readonly buffer = new TextBuffer(CHUNK + SPARE);

  constructor(private readonly output: FileOutput) {}

  add(text: string): void | Promise<void> {
    if (!text.isWellFormed()) throw loneSurrogate();
    this.buffer.add(text);
    return this.buffer.length < CHUNK ? undefined : this.flush();
  }

  flush(): void | Promise<void> {
    return this.buffer.length === 0 ? undefined : this.output.write(this.buffer.give());
  }
}

/** UTF-8 has no form for half a surrogate pair, which nvarchar can hold; encoders would replace it silently. */
export function loneSurrogate(): AppError {
  return new AppError('SQL_ERROR', 'A text holds half a surrogate pair, which this format cannot represent.', {
    hint: 'Export as ndjson, which can, or correct the text in the statement.',
  });
}
