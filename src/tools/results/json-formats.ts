import { distinctNames } from '../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { ResultFacts, RowFormat } from './row-format.js';

/** `{"columns":[…],"rows":[[…],…],"row_count":…}`: the same JSON as the structured content. */
export class CompactFormat implements RowFormat {
  constructor(private readonly columns: readonly ResultColumn[]) {}

  row(row: readonly CellValue[]): string {
    return JSON.stringify(row);
  }

  document(rows: readonly string[], facts: ResultFacts): string {
    const columns = JSON.stringify(this.columns.map(({ name, type }) => ({ name, type })));
    return `{"columns":${columns},"rows":[${rows.join(',')}],${JSON.stringify(facts).slice(1)}`;
  }
}

/** Writes rows as objects, as older clients expect; a repeated name gets `_2`. */
export class ObjectsFormat implements RowFormat {
  private readonly names: readonly string[];
  private readonly keys: readonly string[];

  constructor(columns: readonly ResultColumn[]) {
    this.names = distinctNames(columns.map(column => column.name));
    this.keys = this.names.map(name => JSON.stringify(name));
  }

  row(row: readonly CellValue[]): string {
    // JSON.stringify of an object would sort keys such as "1" and lose "__proto__".
    return `{${this.keys.map((key, i) => `${key}:${JSON.stringify(row[i] ?? null)}`).join(',')}}`;
  }

  document(rows: readonly string[], facts: ResultFacts): string {
    return `{"columns":${JSON.stringify(this.names)},"rows":[${rows.join(',')}],${JSON.stringify(facts).slice(1)}`;
  }
}
