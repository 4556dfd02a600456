import type { ColumnDescription } from '../../database/catalog/catalog.types.js';
import { nearestNames } from '../../common/nearest-names.js';
import { quotedPlace, shownName } from '../../database/object-name.js';
import type { ColumnReference } from '../sql/row-expression.js';
import type { Edge, JoinGraph } from './join-graph.js';
import { columnNamed, keyOf, type ModelTable, type SchemaModel, type Table } from './schema-model.js';

/** A definition does not fit the database. The message is a sentence that says what is missing. */
export class Drift extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Drift';
  }
}

/** A way from the base table: the joins in their order; empty for the base table itself. */
export type Way = readonly Edge[];

/** A column and the way to its table. */
export interface ResolvedColumn {
  readonly way: Way;
  readonly table: Table;
  readonly column: ColumnDescription;
}

/** Longer ways than a person would name. */
const MAX_JOINS = 5;
const MAX_VISITED = 200;

/** Finds the columns that an expression names, from the base table of a metric. Throws Drift, or AppError of the catalogue. */
export class Resolution {
  constructor(
    private readonly model: SchemaModel,
    private readonly graph: JoinGraph,
    private readonly base: ModelTable,
  ) {}

  /** `via` names the foreign keys or joins to take, in their order. */
  async column(reference: Pick<ColumnReference, 'parts'>, via?: readonly string[]): Promise<ResolvedColumn> {
    const [name = '', table, schema] = [...reference.parts].reverse();
    const reached =
      via === undefined && (table === undefined || matches(this.base, table, schema))
        ? { way: [], table: this.base }
        : await this.reach(table, schema, via ?? []);
    const column = columnNamed(reached.table, name);
    if (column === undefined) throw new Drift(noColumn(reached.table, name));
    return { way: reached.way, table: reached.table, column };
  }

  private async reach(name: string | undefined, schema: string | undefined, via: readonly string[]) {
    const found = via.length > 0 ? [await this.follow(via)] : await this.search(name ?? '', schema);
    const [first, second] = found;
    if (first === undefined) throw new Drift(this.unreachable(name ?? '', schema));
    if (second !== undefined) {
      const ways = found.slice(0, 3).map(({ way }) => way.map(edge => edge.name).join(', '));
      throw new Drift(
        `Several ways lead from ${shown(this.base)} to ${shown(first.table)}. Write one of them into "via": ${ways.join('; or ')}.`,
      );
    }
    if (name !== undefined && !matches(first.table, name, schema))
      throw new Drift(`"via" leads to ${shown(first.table)}, and not to ${name}.`);
    return first;
  }

  private async follow(via: readonly string[]): Promise<{ way: Way; table: ModelTable }> {
    const way: Edge[] = [];
    let table = this.base;
    for (const name of via) {
      const edges = await this.graph.from(table);
      const edge = edges.find(each => each.name.toLowerCase() === name.toLowerCase());
      if (edge === undefined) throw new Drift(this.noSuchJoin(table, name, edges));
      const next = await this.model.table(edge.to);
      if (next === undefined) throw new Drift(`There is no table ${shown(edge.to)}.`);
      way.push(edge);
      table = next;
    }
    return { way, table };
  }

  /** All shortest ways to tables of this name. */
  private async search(name: string, schema: string | undefined): Promise<readonly { way: Way; table: ModelTable }[]> {
    const seen = new Set([keyOf(this.base)]);
    let front: readonly { way: Way; table: ModelTable }[] = [{ way: [], table: this.base }];
    for (let joins = 1; joins <= MAX_JOINS && front.length > 0 && seen.size < MAX_VISITED; joins++) {
      const next: { way: Way; table: ModelTable }[] = [];
      for (const { way, table } of front) {
        for (const edge of await this.graph.from(table)) {
          if (seen.has(keyOf(edge.to))) continue;
          const target = await this.model.table(edge.to);
          if (target !== undefined) next.push({ way: [...way, edge], table: target });
        }
      }
      const found = next.filter(({ table }) => matches(table, name, schema));
      if (found.length > 0) return found;
      for (const { table } of next) seen.add(keyOf(table));
      front = next.slice(0, MAX_VISITED);
    }
    return [];
  }

  private unreachable(name: string, schema: string | undefined): string {
    const wanted = schema === undefined ? name : shownName(schema, name);
    const multiplying = this.graph.multiplying(this.base);
    const known = multiplying.length === 0 ? '' : ` (${multiplying.join(', ')} would)`;
    return `No foreign key and no declared join leads from ${shown(this.base)} to ${wanted} without multiplying rows${known}. Declare a many_to_one join, or take a base table that has a row for each row of ${wanted}.`;
  }

  private noSuchJoin(table: Table, name: string, edges: readonly Edge[]): string {
    if (this.graph.multiplying(table).some(join => join.toLowerCase() === name.toLowerCase()))
      return `The join ${name} from ${shown(table)} would multiply its rows.`;
    const names = edges.map(edge => edge.name);
    return `There is no join ${name} from ${shown(table)}.${names.length === 0 ? '' : ` There are ${names.slice(0, 10).join(', ')}.`}`;
  }
}

export function shown({ schema, name }: Table): string {
  return shownName(schema, name);
}

export function quoted(table: Table): string {
  return quotedPlace(table);
}

export function noColumn(table: ModelTable, name: string): string {
  const [near] = nearestNames(
    name,
    table.columns.map(column => column.name),
    1,
  );
  return `${shown(table)} has no column ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
}

function matches(table: Table, name: string, schema: string | undefined): boolean {
  return (
    table.name.toLowerCase() === name.toLowerCase() &&
    (schema === undefined || table.schema.toLowerCase() === schema.toLowerCase())
  );
}
