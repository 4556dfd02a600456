import { comparatorFor, hashKeyFor } from '../engine/operators.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type { IndexColumn } from './table.ts';

export type HashKey = string | number | bigint;

const part = (key: HashKey): string => (typeof key === 'string' ? `s${key.length}:${key}` : `${typeof key}${key}`);

/** Makes one hash key of the values of several columns. Keys are equal if and only if SQL treats the values as equal. */
export function hashKeyOf(types: readonly SqlType[]): (values: readonly Value[]) => HashKey {
  const parts = types.map(hashKeyFor);
  const only = parts.length === 1 ? parts[0]! : undefined;
  if (only) return values => only(values[0]!);
  return values => {
    let key = '';
    for (let i = 0; i < parts.length; i++) key += part(parts[i]!(values[i]!));
    return key;
  };
}

export type RowComparator = (a: readonly Value[], b: readonly Value[]) => number;

/** Orders rows by the columns of an index; NULL comes first, as in SQL Server. */
export function rowComparator(key: readonly IndexColumn[], types: readonly SqlType[]): RowComparator {
  const columns = key.map(column => ({
    ordinal: column.ordinal,
    sign: column.descending ? -1 : 1,
    compare: comparatorFor(types[column.ordinal]!),
  }));
  return (a, b) => {
    for (const column of columns) {
      const x = a[column.ordinal]!;
      const y = b[column.ordinal]!;
      if (x === null || y === null) {
        if (x === y) continue;
        return x === null ? -column.sign : column.sign;
      }
      const order = column.compare(x, y);
      if (order !== 0) return order * column.sign;
    }
    return 0;
  };
}
