import type { BoundExpression } from './contracts.ts';
import { notSupported } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';

export type Converter = (v: Value) => Value;

export interface ConvertOptions {
  readonly style?: number;
  /** Only conversions SQL Server does by itself are allowed (errors 206 and 257). */
  readonly implicit?: boolean;
  /** TRY_CAST and its like: NULL instead of an error of the value. */
  readonly try?: boolean;
}

/** A function that turns values of `from` into values of `to`; NULL stays NULL. */
export function converter(_from: SqlType, to: SqlType, _options: ConvertOptions = {}): Converter {
  throw notSupported(to.name);
}

/** For INSERT and UPDATE: like an implicit conversion, but text that doesn't fit is error 2628. */
export function assignmentConverter(
  _from: SqlType,
  to: SqlType,
  _target: { readonly table: string; readonly column: string },
): Converter {
  throw notSupported(to.name);
}

/** CAST: the expression converted; unchanged when the types are the same, folded when it is a literal. */
export function castExpression(_x: BoundExpression, to: SqlType, _options: ConvertOptions = {}): BoundExpression {
  throw notSupported(to.name);
}

/** The text that CAST(v AS nvarchar(max)) gives; 'NULL' for NULL. */
export function toDisplayString(_v: Value, t: SqlType): string {
  throw notSupported(t.name);
}
