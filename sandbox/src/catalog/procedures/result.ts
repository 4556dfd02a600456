import type { Value } from '../../engine/sql-type.ts';
import type { ProcedureResultSet } from '../../session/catalog-provider.ts';
import type { ColumnSpec } from '../view.ts';

/** A result set of a system procedure, declared as views are. */
export function resultSet<C extends Readonly<Record<string, ColumnSpec>>>(
  columns: C,
  rows: readonly { readonly [K in keyof C]?: Value }[],
): ProcedureResultSet {
  const keys = Object.keys(columns);
  return {
    columns: keys.map(name => ({ name, ...(columns[name] as ColumnSpec) })),
    rows: rows.map(row => keys.map(key => row[key] ?? null)),
  };
}

/** Sorts rows as ORDER BY of these columns would. */
export function ordered<R extends Readonly<Record<string, Value | undefined>>>(rows: R[], ...by: (keyof R)[]): R[] {
  const compare = (a: Value | undefined, b: Value | undefined): number => {
    if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b, 'en', { sensitivity: 'base' });
    return a === b ? 0 : (a ?? -1) < (b ?? -1) ? -1 : 1;
  };
  return rows.sort((a, b) => {
    for (const key of by) {
      const order = compare(a[key], b[key]);
      if (order !== 0) return order;
    }
    return 0;
  });
}
