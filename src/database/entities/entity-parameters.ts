import { InstanceChecker } from 'typeorm/util/InstanceChecker.js';
import { typed, type TypedParameter } from '../driver/parameters.js';
import { dateParameter } from './entity-dates.js';

/** A value with the type of its column, as TypeORM's driver makes it. */
interface ColumnParameter {
  readonly type: string;
  readonly value: unknown;
  /** The length, or precision and scale, of the column. */
  readonly params: readonly unknown[];
}

const WITH_ARGUMENTS: ReadonlySet<string> = new Set(['decimal', 'numeric', 'datetime2', 'datetimeoffset', 'time']);

/** The types that a parameter can't have, and those whose length would refuse a value that a search may look for. */
const SENT_AS: Readonly<Record<string, string>> = {
  char: 'varchar',
  text: 'varchar',
  nchar: 'nvarchar',
  ntext: 'nvarchar',
  binary: 'varbinary',
  image: 'varbinary',
  rowversion: 'varbinary',
  timestamp: 'varbinary',
  variant: 'sql_variant',
  geography: 'nvarchar',
  geometry: 'nvarchar',
  hierarchyid: 'nvarchar',
  json: 'nvarchar',
  udt: 'nvarchar',
  vector: 'nvarchar',
};
/** The longest text for which a type without (max) is declared, so that statements with short texts share a plan. */
const SHORT: Readonly<Record<string, number>> = { varchar: 8000, nvarchar: 4000, varbinary: 8000 };

/** The parameters of a statement of TypeORM, which are named @0, @1 … Throws AppError INVALID_ARGUMENT. */
export function entityParameters(values: readonly unknown[]): readonly TypedParameter[] {
  return values.map((value, index) => parameterOf(String(index), value));
}

function parameterOf(name: string, given: unknown): TypedParameter {
  if (InstanceChecker.isMssqlParameter(given)) return ofColumn(name, given as ColumnParameter);
  if (given === undefined) return typed(name, null);
  if (given instanceof Date) return typed(name, { type: 'datetime2(3)', value: dateParameter('datetime2', given) });
  if (given instanceof Uint8Array) return typed(name, { type: 'varbinary', value: hexOf(given) });
  if (typeof given === 'bigint') return typed(name, { type: 'bigint', value: String(given) });
  return typed(name, given);
}

function ofColumn(name: string, { type, value, params }: ColumnParameter): TypedParameter {
  const written = type.toLowerCase();
  const base = SENT_AS[written] ?? written;
  const plain = plainValue(base, value);
  return typed(name, { type: declared(base, params, plain), value: plain });
}

function plainValue(base: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) return dateParameter(base, value);
  if (value instanceof Uint8Array) return hexOf(value);
  return typeof value === 'bigint' ? String(value) : value;
}

function declared(base: string, params: readonly unknown[], value: unknown): string {
  const short = SHORT[base];
  if (short !== undefined) {
    const length = typeof value === 'string' ? value.length : 0;
    return length <= short ? `${base}(${short})` : `${base}(max)`;
  }
  const given = params.filter(param => param !== undefined && param !== null);
  return WITH_ARGUMENTS.has(base) && given.length > 0 ? `${base}(${given.join(',')})` : base;
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}
