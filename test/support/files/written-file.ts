import { Writable } from 'node:stream';
import { FileOutput } from '../../../src/export/file-output.js';
import type { TableFormat } from '../../../src/export/file-format.js';
import { makeWriter } from '../../../src/export/writers/make-writer.js';
import type { FileFacts, FileWriter, TextOptions } from '../../../src/export/writers/file-writer.js';
import type { CellValue, ResultColumn } from '../../../src/database/driver/result-set.js';

export const FACTS: FileFacts = {
  statement: 'SELECT * FROM dbo.Customers',
  person: 'ann',
  tenant: 'demo',
  database: 'Sales',
  at: new Date('2026-11-30T12:00:00Z'),
};

/** A stream that keeps what it gets, and takes it slowly: every write waits for its next turn. */
export class Collected extends Writable {
  readonly chunks: Buffer[] = [];

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    setImmediate(done);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export interface Table {
  readonly columns: readonly ResultColumn[];
  readonly rows: Iterable<readonly CellValue[]>;
}

/** `table({ id: 'int' }, [[1], [2]])`. */
export function table(types: Readonly<Record<string, string>>, rows: Iterable<readonly CellValue[]>): Table {
  return { columns: Object.entries(types).map(([name, type]) => ({ name, type })), rows };
}

export async function writeWith(make: (output: FileOutput) => FileWriter, { columns, rows }: Table): Promise<Buffer> {
  const target = new Collected();
  const output = new FileOutput(target, { maxBytes: Infinity });
  const writer = make(output);
  writer.begin(columns);
  for (const row of rows) await writer.row(row);
  await writer.finish();
  await output.end();
  return target.bytes;
}

export function fileOf(format: TableFormat, content: Table, options: Partial<TextOptions> = {}): Promise<Buffer> {
  return writeWith(output => makeWriter(format, output, FACTS, { bom: false, raw: false, ...options }), content);
}
