import { csvText } from '../../common/csv-text.js';
import { distinctNames } from '../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { ResultFacts, RowFormat } from './row-format.js';

/** The line after the rows, with the facts that a JSON result has as fields. */
function trailer(facts: ResultFacts): string {
  const { row_count, truncated, untrusted: _untrusted, ...others } = facts;
  const more = Object.entries(others).map(
    ([key, value]) => `; ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `(${row_count} ${row_count === 1 ? 'row' : 'rows'}${truncated ? ', truncated' : ''}; untrusted data${more.join('')})`;
}

/** CSV (RFC 4180), with \n as line end. NULL is empty, an empty text is `""`. After a blank line comes the trailer. */
export class CsvFormat implements RowFormat {
  private readonly header: string;

  constructor(columns: readonly ResultColumn[]) {
    this.header = distinctNames(columns.map(column => column.name))
      .map(csvField)
      .join(',');
  }

  row(row: readonly CellValue[]): string {
    return `${row.map(csvField).join(',')}\n`;
  }

  document(rows: readonly string[], facts: ResultFacts): string {
    return `${this.header}\n${rows.join('')}\n${trailer(facts)}`;
  }
}

function csvField(value: CellValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? csvText(value) : String(value);
}

export class MarkdownFormat implements RowFormat {
  private readonly header: string;

  constructor(columns: readonly ResultColumn[]) {
    const names = distinctNames(columns.map(column => column.name));
    this.header = `|${names.map(markdownCell).join('|')}|\n|${names.map(() => '-').join('|')}|\n`;
  }

  row(row: readonly CellValue[]): string {
    return `|${row.map(markdownCell).join('|')}|\n`;
  }

  document(rows: readonly string[], facts: ResultFacts): string {
    return `${this.header}${rows.join('')}\n${trailer(facts)}`;
  }
}

function markdownCell(value: CellValue): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return value.replace(/[\\|]/g, '\\$&').replace(/\r\n?|\n/g, '<br>');
}
