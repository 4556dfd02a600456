import type { CellValue } from '../driver/result-set.js';

const TWO_BYTE = new Set(['nchar', 'nvarchar']);
const SIZED = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary']);
const EXACT = new Set(['decimal', 'numeric']);
const SCALED = new Set(['time', 'datetime2', 'datetimeoffset']);

/** A type as SQL text writes it, from the catalogue's columns: declared and base type, bytes (-1: max), precision, scale. */
export function typeText(
  declared: CellValue | undefined,
  base: CellValue | undefined,
  bytes: CellValue | undefined,
  precision: CellValue | undefined,
  scale: CellValue | undefined,
): string {
  // A table type has no base type.
  const name = typeof base === 'string' ? base : String(declared ?? '');
  if (name === 'timestamp') return 'rowversion';
  const length = Number(bytes);
  if (SIZED.has(name)) return `${name}(${length < 0 ? 'max' : TWO_BYTE.has(name) ? length / 2 : length})`;
  if (EXACT.has(name)) return `${name}(${Number(precision)},${Number(scale)})`;
  return SCALED.has(name) ? `${name}(${Number(scale)})` : name;
}
