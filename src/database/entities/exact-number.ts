import { plainNumber } from '../driver/parameter-values.js';
import type { CellValue } from '../driver/result-set.js';

const FIXED = /^(?:decimal|numeric)\(\d+,(\d+)\)$/;
const MONEY_SCALE = 4;

/** How a column's values become those of an entity: bigint, decimal and money are always texts, as SQL Server shows them. */
export function entityValueOf(type: string): ((value: CellValue) => CellValue) | undefined {
  if (type === 'bigint') return value => (value === null ? null : String(value));
  if (type === 'money' || type === 'smallmoney') return value => fixed(value, MONEY_SCALE);
  const scale = FIXED.exec(type)?.[1];
  return scale === undefined ? undefined : value => fixed(value, Number(scale));
}

/** The driver gives a number only when its shortest text has the same value, so this text is exact. */
function fixed(value: CellValue, scale: number): CellValue {
  if (typeof value !== 'number') return value;
  const [whole = '', fraction = ''] = plainNumber(String(value)).split('.');
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}

/** The number that a text means, if it means exactly that; else the text itself. */
export function numberIfExact(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const number = Number(value);
  const [, fraction = ''] = value.split('.');
  return Number.isFinite(number) && fixed(number, fraction.length) === value ? number : value;
}
