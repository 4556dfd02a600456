import type { CellValue } from '../driver/result-set.js';
import type { ColumnDescription } from './catalog.types.js';

const TWO_BYTE = new Set(['nchar', 'nvarchar']);
const SIZED = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary']);
const EXACT = new Set(['decimal', 'numeric']);
const SCALED = new Set(['time', 'datetime2', 'datetimeoffset']);

/** The name of a type, and its length, precision and scale where it has them. */
export type TypeFacts = Pick<ColumnDescription, 'type' | 'max_length' | 'precision' | 'scale'>;

/**
 * Reads a type from the catalogue's columns: declared and base type, bytes (-1: max), precision, scale. An alias type is
 * shown as its base type, which a table type doesn't have; `timestamp` is the old name of rowversion.
 */
export function typeFacts(
  declared: CellValue | undefined,
  base: CellValue | undefined,
  bytes: CellValue | undefined,
  precision: CellValue | undefined,
  scale: CellValue | undefined,
): TypeFacts {
  const name = typeof base === 'string' ? base : String(declared ?? '');
  const type = name === 'timestamp' ? 'rowversion' : name;
  const length = Number(bytes);
  return {
    type,
    ...(SIZED.has(type) ? { max_length: length > 0 && TWO_BYTE.has(type) ? length / 2 : length } : {}),
    ...(EXACT.has(type) ? { precision: Number(precision), scale: Number(scale) } : {}),
    ...(SCALED.has(type) ? { scale: Number(scale) } : {}),
  };
}

/** A type as SQL text writes it. */
export function typeText({ type, max_length: length, precision, scale }: TypeFacts): string {
  if (length !== undefined) return `${type}(${length < 0 ? 'max' : length})`;
  if (precision !== undefined) return `${type}(${precision},${scale ?? 0})`;
  return scale === undefined ? type : `${type}(${scale})`;
}
