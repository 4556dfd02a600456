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
  for (const { from, fromColumns, to, toColumns, role } of definitions.joins) {
    const link = linkOf(model, [from.schema, from.table], fromColumns, [to.schema, to.table], toColumns);
    if (link !== undefined) add({ ...link, source: 'declared', ...(role === undefined ? {} : { role }) });
  }
  for (const { tables, columns, uses } of used) {
    const [left, right] = tables.map(table => resolve(model, table));
    const [fromColumns, toColumns] = [columns.map(([a]) => a), columns.map(([, b]) => b)];
    const link = left && right && linkOf(model, left, fromColumns, right, toColumns);
    if (link !== undefined) add({ ...toKey(model, link), source: 'used', uses });
  }
  return [...links.values()];
}

type Bare = Pick<SchemaLink, 'from' | 'fromColumns' | 'to' | 'toColumns'>;

function linkOf(
  model: SchemaModel,
  left: readonly [string, string],
  leftColumns: readonly string[],
  right: readonly [string, string],
  rightColumns: readonly string[],
): Bare | undefined {
  const [from, to] = [model.find(...left), model.find(...right)];
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

/** A name without a schema is one of dbo, or the only one of its name. */
function resolve(model: SchemaModel, table: string): readonly [string, string] | undefined {
  const [name = '', schema] = table.split('.').reverse();
  if (schema !== undefined && schema !== '') return [schema, name];
  if (model.find('dbo', name) !== undefined) return ['dbo', name];
  const [first, second] = model.objects.filter(object => object.name.toLowerCase() === name);
  return first === undefined || second !== undefined ? undefined : [first.schema, first.name];
}
