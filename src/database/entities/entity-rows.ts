import { AppError } from '../../common/app-error.js';
import type { CellValue, ResultColumn } from '../driver/result-set.js';
import type { CellLimit } from '../driver/values/cut-text.js';
import type { RowLimits, RowSink } from '../query/row-limiter.js';
import { entityValueOf } from './exact-number.js';

/** Of one statement, with the rows of joined relations. */
const MAX_ENTITY_ROWS = 10_000;
/** Of one statement, as JSON. */
const MAX_ENTITY_BYTES = 8_000_000;

export type EntityRow = Record<string, unknown>;

/**
 * Collects the rows of a statement as objects. An entity that lacks a part of its rows or values would be wrong, so
 * nothing is truncated: `row` throws AppError RESULT_TOO_LARGE.
 */
export class EntityRows implements RowSink {
  /** Rows are counted here, and not by the limiter, which would truncate them. */
  static readonly limits: RowLimits = { maxRows: Infinity, maxBytes: MAX_ENTITY_BYTES, skipRows: 0 };

  readonly sets: EntityRow[][] = [];
  readonly cells: CellLimit = { maxBytes: MAX_ENTITY_BYTES, cutCells: 0, shownBytes: MAX_ENTITY_BYTES };
  private toObject: (row: readonly CellValue[]) => EntityRow = () => ({});
  private rows = 0;

  columns(columns: readonly ResultColumn[]): void {
    this.sets.push([]);
    this.toObject = objectsOf(columns);
  }

  row(row: readonly CellValue[], bytesLeft: number): number {
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (++this.rows > MAX_ENTITY_ROWS || bytes > bytesLeft || this.cells.cutCells > 0) throw tooLarge();
    this.sets[this.sets.length - 1]?.push(this.toObject(row));
    return bytes;
  }
}

export function tooLarge(): AppError {
  return new AppError(
    'RESULT_TOO_LARGE',
    `A query of entities returned more than ${MAX_ENTITY_ROWS} rows or ${MAX_ENTITY_BYTES / 1e6} MB.`,
    { hint: 'Load fewer at once: add a condition, or `take` with an order.' },
  );
}

/** Like node-mssql, a name that occurs twice has the list of its values. */
function objectsOf(columns: readonly ResultColumn[]): (row: readonly CellValue[]) => EntityRow {
  const names = columns.map(({ name }) => name);
  const values = columns.map(({ type }) => entityValueOf(type) ?? ((value: CellValue) => value));
  const exact = (row: readonly CellValue[], i: number): CellValue => values[i]?.(row[i] ?? null) ?? null;
  // Object.fromEntries defines properties, so that a column named __proto__ is one.
  if (new Set(names).size === names.length)
    return row => Object.fromEntries(names.map((name, i) => [name, exact(row, i)]));
  const places = Map.groupBy(names.keys(), i => names[i] ?? '');
  return row =>
    Object.fromEntries(
      [...places].map(([name, [first = 0, ...more]]) => [
        name,
        more.length === 0 ? exact(row, first) : [first, ...more].map(i => exact(row, i)),
      ]),
    );
}
