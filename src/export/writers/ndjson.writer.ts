import { distinctNames } from '../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { FileOutput } from '../file-output.js';
import { isFreeText, shapeOf } from './column-kind.js';
import type { FileWriter } from './file-writer.js';
import { TextChunks } from './text-chunks.js';

/** One JSON object a line (ndjson.org), with the values of docs/results.md: exact numbers, or texts where JSON has none. */
export class NdjsonWriter implements FileWriter {
  private readonly chunks: TextChunks;
  private keys: readonly string[] = [];
  private isFree: readonly boolean[] = [];

  constructor(output: FileOutput) {
    this.chunks = new TextChunks(output);
  }

  begin(columns: readonly ResultColumn[]): void {
    this.isFree = columns.map(column => isFreeText(shapeOf(column).kind));
    const names = distinctNames(columns.map(column => column.name));
    this.keys = names.map((name, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  }

  row(row: readonly CellValue[]): void | Promise<void> {
    let line = '';
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? null;
      line += this.keys[i];
      if (typeof value !== 'string') line += value;
      else line += this.isFree[i] === true ? JSON.stringify(value) : `"${value}"`;
    }
    return this.chunks.add(`${line}}\n`);
  }

  async finish(): Promise<void> {
    await this.chunks.flush();
  }
}
