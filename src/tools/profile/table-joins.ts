import type { TableDescription } from '../../database/catalog/catalog.types.js';
import { shownName, shownPart } from '../../database/object-name.js';
import type { DeclaredJoin } from '../../search/definitions.port.js';

/** A join with another table, ready for FROM … JOIN `to` ON `on`. */
export interface TableJoin {
  readonly to: string;
  readonly on: string;
  /** Rows of the described table to rows of the other one, where keys tell it. */
  readonly cardinality?: 'n:1' | '1:1' | '1:n';
  readonly source: 'foreign_key' | 'declared';
}

const MAX_JOINS = 30;

interface Side {
  readonly schema: string;
  readonly table: string;
}

/** The joins that foreign keys and definitions declare; those out of the table come first. */
export function tableJoins(table: TableDescription, declared: readonly DeclaredJoin[]): TableJoin[] {
  const here: Side = table;
  const out = groups(table.foreign_keys).map(keys => {
    const columns = keys.map(({ column, references }) => [column, references.column] as const);
    const unique = isUnique(
      table,
      keys.map(({ column }) => column),
    );
    return join(here, keys[0]!.references, columns, unique ? '1:1' : 'n:1', 'foreign_key');
  });
  const into = groups(table.referenced_by)
    // A key within one table is among its own keys already.
    .filter(([first]) => first!.schema !== table.schema || first!.table !== table.table)
    .map(keys => {
      const columns = keys.map(({ column, references_column: own }) => [own, column] as const);
      return join(here, keys[0]!, columns, '1:n', 'foreign_key');
    });
  const written = declared.flatMap(({ from, fromColumns, to, toColumns }) => {
    const pairs = (own: readonly string[], other: readonly string[]) =>
      own.map((name, i) => [name, other[i] ?? ''] as const);
    if (same(from, here)) return [join(here, to, pairs(fromColumns, toColumns), undefined, 'declared')];
    return same(to, here) ? [join(here, from, pairs(toColumns, fromColumns), undefined, 'declared')] : [];
  });
  return [...out, ...written, ...into].slice(0, MAX_JOINS);
}

function groups<T extends { readonly name: string }>(keys: readonly T[]): readonly (readonly T[])[] {
  return [...Map.groupBy(keys, ({ name }) => name).values()];
}

function join(
  here: Side,
  other: Side,
  columns: readonly (readonly [own: string, other: string])[],
  cardinality: TableJoin['cardinality'],
  source: TableJoin['source'],
): TableJoin {
  const own = shownName(here.schema, here.table);
  const name = shownName(other.schema, other.table);
  // Joined with itself, the table needs a second name.
  const alias = same(here, other) ? shownPart(`${other.table}_2`) : undefined;
  const target = alias ?? name;
  return {
    to: alias === undefined ? name : `${name} AS ${alias}`,
    on: columns.map(([mine, its]) => `${own}.${shownPart(mine)} = ${target}.${shownPart(its)}`).join(' AND '),
    ...(cardinality === undefined ? {} : { cardinality }),
    source,
  };
}

function same(a: Side, b: Side): boolean {
  return a.schema.toLowerCase() === b.schema.toLowerCase() && a.table.toLowerCase() === b.table.toLowerCase();
}

function isUnique({ primary_keys: primary, indexes }: TableDescription, columns: readonly string[]): boolean {
  const unique = [
    primary,
    ...indexes.filter(index => index.unique && index.filter === undefined).map(index => index.columns),
  ];
  return unique.some(
    key => key.length > 0 && key.length <= columns.length && key.every(name => columns.includes(name)),
  );
}
