import type { SqlType, Value } from '../engine/sql-type.ts';
import { decimalBytes, TICKS_PER_DAY, timeBytes } from './type-token.ts';

/** Bytes of the right length that are no value of their type (error 8023). */
export class InvalidValue extends Error {
  readonly type: SqlType;

  constructor(type: SqlType) {
    super(`no valid instance of ${type.name}`);
    this.type = type;
  }
}

const DECIMAL_BYTES: readonly number[] = [9, 19, 28, 38].map(decimalBytes);
const MAX_DAYS = 3_652_058;
/** datetime begins in 1753, smalldatetime in 1900. */
const FIRST_DATETIME = 639_905n * TICKS_PER_DAY;
const LAST_TICKS = BigInt(MAX_DAYS + 1) * TICKS_PER_DAY;
const MAX_OFFSET_MINUTES = 840;

/** The valid lengths of a value whose type has a length byte. */
export function hasLength(type: SqlType, length: number): boolean {
  switch (type.name) {
    case 'decimal':
    case 'numeric':
      // Clients may use more bytes than the precision needs.
      return DECIMAL_BYTES.includes(length);
    case 'uniqueidentifier':
      return length === 16;
    case 'date':
      return length === 3;
    case 'time':
      return length === timeBytes(type.scale ?? 7);
    case 'datetime2':
      return length === timeBytes(type.scale ?? 7) + 3;
    case 'datetimeoffset':
      return length === timeBytes(type.scale ?? 7) + 5;
    default:
      return true;
  }
}

export function isInstance(type: SqlType, value: Value): boolean {
  switch (type.name) {
    case 'real':
    case 'float':
      return Number.isFinite(value);
    case 'decimal':
    case 'numeric': {
      const limit = 10n ** BigInt(type.precision ?? 18);
      return (value as bigint) < limit && -(value as bigint) < limit;
    }
    case 'date':
      return (value as number) <= MAX_DAYS;
    case 'time':
      return BigInt(value as number) < TICKS_PER_DAY;
    case 'datetime':
      return (value as bigint) >= FIRST_DATETIME && (value as bigint) < LAST_TICKS;
    case 'datetime2':
      return (value as bigint) < LAST_TICKS;
    case 'datetimeoffset': {
      const { utcTicks, offset } = value as { utcTicks: bigint; offset: number };
      return utcTicks < LAST_TICKS && Math.abs(offset) <= MAX_OFFSET_MINUTES;
    }
    default:
      return true;
  }
}
