import type { Rows } from '../connection/catalog-runner.js';
import type { CellValue } from '../driver/result-set.js';

// Converts rows of catalog-fallback.queries to the shapes of catalog.queries.

type Row = readonly CellValue[];

export function tableRows(rows: Rows): Rows {
  return rows.map(([schema, name, type]) => [schema ?? null, name ?? null, type === 'VIEW' ? 'V' : 'U', 0]);
}

/** Facts of tables by object_id, as many columns as `width`. */
export interface Facts {
  readonly rows: Rows;
  readonly width: number;
}

/** Appends the facts that have a row's object_id (its fourth column). */
export function withFacts(tables: Rows, facts: readonly Facts[]): Rows {
  const byId = facts.map(({ rows, width }) => ({
    width,
    found: new Map(rows.map(([id, ...values]) => [id, values])),
  }));
  return tables.map(row => [
    ...row,
    ...byId.flatMap(({ found, width }) => {
      const values = found.get(row[3]) ?? [];
      return Array.from({ length: width }, (_, i) => values[i] ?? null);
    }),
  ]);
}

export function columnRows(rows: Rows): Rows {
  return rows.map(([name = null, type = null, nullable, bytes = null, precision = null, scale, digits, byDefault]) => [
    name,
    type,
    null,
    nullable === 'YES',
    bytes,
    precision,
    scale ?? digits ?? null,
    false,
    byDefault ?? null,
  ]);
}

export function keyRows(rows: Rows): Rows {
  return rows.map(([name = null, kind, column = null]) => {
    const primary = kind === 'PRIMARY KEY';
    return [name, 'unknown', true, primary, !primary, null, column, false];
  });
}

export function keysOutRows(rows: Rows): Rows {
  return ofOneColumn(rows).map(
    ([name = null, , , column = null, schema = null, table = null, target = null, ...actions]) => [
      name,
      column,
      schema,
      table,
      target,
      ...actions,
    ],
  );
}

export function keysInRows(rows: Rows): Rows {
  return ofOneColumn(rows).map(
    ([name = null, schema = null, table = null, column = null, , , target = null, ...actions]) => [
      name,
      schema,
      table,
      column,
      target,
      ...actions,
    ],
  );
}

/** Leaves out keys of several columns, because these views don't tell which column belongs to which. */
function ofOneColumn(rows: Rows): readonly Row[] {
  const count = new Map<string, number>();
  const key = ([name, schema]: Row): string => JSON.stringify([name, schema]);
  for (const row of rows) count.set(key(row), (count.get(key(row)) ?? 0) + 1);
  return rows.filter(row => count.get(key(row)) === 1);
}
