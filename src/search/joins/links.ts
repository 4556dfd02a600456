import type { SearchDefinitions } from '../definitions.port.js';
import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import type { UsedJoin } from './used-joins.js';

/** A join that queries used, and how often they ran. */
export interface CountedJoin extends UsedJoin {
  readonly uses: number;
}

/** Foreign keys, then declared joins, then those that queries used, each pair of columns once. */
export function allLinks(
  model: SchemaModel,
  definitions: SearchDefinitions,
  used: readonly CountedJoin[],
): readonly SchemaLink[] {
  const links = new Map<string, SchemaLink>();
  const add = (link: SchemaLink | undefined): void => {
    if (link === undefined) return;
    const key = keyOf(link);
    const known = links.get(key);
    if (known === undefined) links.set(key, link);
    else if (known.source === 'used' && link.source === 'used')
      links.set(key, { ...known, uses: (known.uses ?? 0) + (link.uses ?? 0) });
  };
  for (const link of model.foreignKeys) add(link);
  for (const { from, fromColumns, to, toColumns, role, cardinality } of definitions.joins) {
    const [left, right] = [model.find(from.schema, from.table), model.find(to.schema, to.table)];
    const link = linkOf(model, left, fromColumns, right, toColumns);
    if (link === undefined) continue;
    add({
      ...link,
      source: 'declared',
      ...(role === undefined ? {} : { role }),
      ...(cardinality === undefined ? {} : { cardinality }),
    });
  }
  for (const { tables, columns, uses } of used) {
    const [left, right] = tables.map(table => {
      const [name = '', schema = ''] = table.split('.').reverse();
      return schema === '' ? model.findBare(name) : model.find(schema, name);
    });
    const [fromColumns, toColumns] = [columns.map(([a]) => a), columns.map(([, b]) => b)];
    const link = linkOf(model, left, fromColumns, right, toColumns);
    if (link !== undefined) add({ ...toKey(model, link), source: 'used', uses });
  }
  return [...links.values()];
}

type Bare = Pick<SchemaLink, 'from' | 'fromColumns' | 'to' | 'toColumns'>;

function linkOf(
  model: SchemaModel,
  from: number | undefined,
  leftColumns: readonly string[],
  to: number | undefined,
  rightColumns: readonly string[],
): Bare | undefined {
  if (from === undefined || to === undefined || leftColumns.length !== rightColumns.length) return undefined;
  const fromColumns = leftColumns.map(column => model.findColumn(from, column));
  const toColumns = rightColumns.map(column => model.findColumn(to, column));
  if (fromColumns.length === 0 || [...fromColumns, ...toColumns].includes(undefined)) return undefined;
  return { from, to, fromColumns: fromColumns as number[], toColumns: toColumns as number[] };
}

/** A link leads to the side whose columns are a key. */
function toKey(model: SchemaModel, link: Bare): Bare {
  const { from, fromColumns, to, toColumns } = link;
  if (model.isUnique(to, toColumns) || !model.isUnique(from, fromColumns)) return link;
  return { from: to, fromColumns: toColumns, to: from, toColumns: fromColumns };
}

/** The same for both directions and any order of the columns. */
function keyOf({ fromColumns, toColumns }: Bare): string {
  const pairs = fromColumns.map((column, i) => [column, toColumns[i] ?? 0].sort((a, b) => a - b).join('='));
  return pairs.sort().join('&');
}
