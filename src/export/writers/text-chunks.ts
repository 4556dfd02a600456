import { AppError } from '../../common/app-error.js';
import type { FileOutput } from '../file-output.js';

/** Characters. Fewer and larger writes are cheaper than one for each row. */
const CHUNK = 64 * 1024;

/** Collects lines of text, and writes them as UTF-8 in large chunks. */
export class TextChunks {
  private text = '';

  constructor(private readonly output: FileOutput) {}

  add(text: string): void | Promise<void> {
    this.text += text;
    return this.text.length < CHUNK ? undefined : this.flush();
  }

  flush(): void | Promise<void> {
    const { text } = this;
    this.text = '';
    if (text === '') return undefined;
    if (!text.isWellFormed()) throw loneSurrogate();
    return this.output.write(Buffer.from(text, 'utf8'));
  }
}

/** UTF-8 has no form for half a surrogate pair, which nvarchar can hold; encoders would replace it silently. */
export function loneSurrogate(): AppError {
  return new AppError('SQL_ERROR', 'A text holds half a surrogate pair, which this format cannot represent.', {
    hint: 'Export as ndjson, which can, or correct the text in the statement.',
  });
}
