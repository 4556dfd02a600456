import type { ResultColumn } from '../../database/driver/result-set.js';

/** What a file format has to know about a column. `other` is text that can hold anything. */
export type ColumnKind =
  | 'bit'
  | 'integer'
  | 'bigint'
  | 'float'
  | 'real'
  | 'decimal'
  | 'date'
  | 'time'
  | 'datetime'
  | 'datetimeoffset'
  | 'uuid'
  | 'binary'
  | 'variant'
  | 'other';

export interface ColumnShape {
  readonly kind: ColumnKind;
  /** Of a decimal the digits in all and after the point; of a time the digits after the second (`scale`). */
  readonly precision: number;
  readonly scale: number;
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  bit: 'bit',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'bigint',
  float: 'float',
  real: 'real',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  datetime2: 'datetime',
  smalldatetime: 'datetime',
  datetimeoffset: 'datetimeoffset',
  uniqueidentifier: 'uuid',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  rowversion: 'binary',
  sql_variant: 'variant',
};

const FIXED: Readonly<Record<string, readonly [number, number]>> = {
  money: [19, 4],
  smallmoney: [10, 4],
  datetime: [0, 3],
  smalldatetime: [0, 0],
};

/** Reads the type as `ResultColumn` has it: `decimal(10,2)`, `datetime2(7)`, `nvarchar(max)`. */
export function shapeOf({ type }: ResultColumn): ColumnShape {
  const [, name = '', first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(type) ?? [];
  const kind = KINDS[name] ?? 'other';
  const fixed = FIXED[name];
  if (fixed !== undefined) return { kind, precision: fixed[0], scale: fixed[1] };
  if (kind === 'decimal') return { kind, precision: Number(first ?? 18), scale: Number(second ?? 0) };
  return { kind, precision: 0, scale: Number(first ?? 0) };
}

/** Whether values of this kind are texts that somebody wrote. All others have a form that the server gave them. */
export function isFreeText(kind: ColumnKind): boolean {
  return kind === 'other' || kind === 'variant';
}
