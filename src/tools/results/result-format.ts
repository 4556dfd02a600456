import type { ResultFormat } from '../../config/tenant.config.js';
import type { CellValue, ResultColumn } from '../../database/result-set.js';
import { CompactFormat, ObjectsFormat } from './json-formats.js';
import { CsvFormat, MarkdownFormat } from './text-formats.js';

/** What stands beside the rows of one result set. */
export interface ResultFacts {
  readonly row_count: number;
  readonly truncated: boolean;
  readonly [field: string]: unknown;
}

/** Writes one result set as text, a row at a time, so that its size is known while rows stream in. */
export interface RowFormat {
  /** The text of a row, with its separator. */
  row(row: readonly CellValue[]): string;
  /** The whole, from the rows' texts. */
  document(rows: readonly string[], facts: ResultFacts): string;
  /** How several documents and what belongs to all of them go together. */
  readonly joins: 'json' | 'text';
}

export function rowFormat(format: ResultFormat, columns: readonly ResultColumn[]): RowFormat {
  switch (format) {
    case 'compact':
      return new CompactFormat(columns);
    case 'objects':
      return new ObjectsFormat(columns);
    case 'csv':
      return new CsvFormat(columns);
    case 'markdown':
      return new MarkdownFormat(columns);
    default:
      return format satisfies never;
  }
}
