import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { ResultColumn } from '../../database/driver/result-set.js';
import { CompactFormat, ObjectsFormat } from './json-formats.js';
import type { RowFormat } from './row-format.js';
import { CsvFormat, MarkdownFormat } from './text-formats.js';

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
