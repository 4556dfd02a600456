import type { TableFormat } from '../file-format.js';
import type { FileOutput } from '../file-output.js';
import { CsvWriter } from './csv.writer.js';
import type { FileFacts, FileWriter, TextOptions } from './file-writer.js';
import { NdjsonWriter } from './ndjson.writer.js';
import { ParquetWriter } from './parquet/parquet.writer.js';
import { XlsxWriter } from './xlsx/xlsx.writer.js';

export function makeWriter(
  format: TableFormat,
  output: FileOutput,
  facts: FileFacts,
  options: TextOptions,
): FileWriter {
  switch (format) {
    case 'csv':
      return new CsvWriter(output, options);
    case 'ndjson':
      return new NdjsonWriter(output);
    case 'xlsx':
      return new XlsxWriter(output, facts);
    case 'parquet':
      return new ParquetWriter(output, facts);
    default:
      return format satisfies never;
  }
}
