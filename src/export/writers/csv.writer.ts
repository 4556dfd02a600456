import { csvText } from '../../common/csv-text.js';
import { distinctNames } from '../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { FileOutput } from '../file-output.js';
import { isFreeText, shapeOf } from './column-kind.js';
import type { FileWriter, TextOptions } from './file-writer.js';
import { isFormulaLike } from './formula-like.js';
import { TextChunks } from './text-chunks.js';

const BOM = '\uFEFF';

/**
 * CSV (RFC 4180) in UTF-8, with a header line and CRLF. NULL is an empty field and an empty text is `""`. A text that a
 * spreadsheet would take for a formula begins with `'`, unless the caller asks for raw texts.
 */
export class CsvWriter implements FileWriter {
  private readonly chunks: TextChunks;
  private isFree: readonly boolean[] = [];

  constructor(
    output: FileOutput,
    private readonly options: TextOptions,
  ) {
    this.chunks = new TextChunks(output);
  }

  begin(columns: readonly ResultColumn[]): void {
    this.isFree = columns.map(column => isFreeText(shapeOf(column).kind));
    const names = distinctNames(columns.map(column => column.name)).map(name => this.field(name));
    void this.chunks.add(`${this.options.bom ? BOM : ''}${names.join(',')}\r\n`);
  }

  row(row: readonly CellValue[]): void | Promise<void> {
    let line = '';
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? null;
      if (i > 0) line += ',';
      // Readers skip an empty line, so that a NULL alone in its row would lose the row.
      if (value === null) line += row.length === 1 ? '""' : '';
      else line += typeof value === 'string' && this.isFree[i] === true ? this.field(value) : value;
    }
    return this.chunks.add(`${line}\r\n`);
  }

  async finish(): Promise<void> {
    await this.chunks.flush();
  }

  private field(text: string): string {
    return csvText(!this.options.raw && isFormulaLike(text) ? `'${text}` : text);
  }
}
