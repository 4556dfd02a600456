import type { Rows } from '../connection/catalog-runner.js';
import type { CellValue } from '../driver/result-set.js';

// Converts rows of catalog-fallback.queries to the shapes of catalog.queries.

type Row = readonly CellValue[];

export function tableRows(rows: Rows): Rows {
  return rows.map(([schema, name, type]) => [schema ?? null, name ?? null, type === 'VIEW' ? 'V' : 'U', 0]);
}

export function withCounts(tables: Rows, counts: Rows, descriptions: Rows): Rows {
  const of = (rows: Rows) => new Map(rows.map(([id, value]) => [id, value ?? null]));
  const [rowCounts, texts] = [of(counts), of(descriptions)];
  return tables.map(row => [...row, rowCounts.get(row[3]) ?? null, texts.get(row[3]) ?? null]);
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
  return ofOneColumn(rows).map(([name = null, , , column = null, schema = null, table = null, target = null]) => [
    name,
    column,
    schema,
    table,
    target,
  ]);
}

export function keysInRows(rows: Rows): Rows {
  return ofOneColumn(rows).map(([name = null, schema = null, table = null, column = null, , , target = null]) => [
    name,
    schema,
    table,
    column,
    target,
  ]);
}

/** Leaves out keys of several columns, because these views don't tell which column belongs to which. */
function ofOneColumn(rows: Rows): readonly Row[] {
  const count = new Map<string, number>();
  const key = ([name, schema]: Row): string => JSON.stringify([name, schema]);
  for (const row of rows) count.set(key(row), (count.get(key(row)) ?? 0) + 1);
  return rows.filter(row => count.get(key(row)) === 1);
}
