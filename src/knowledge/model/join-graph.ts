import { sidesOf } from '../file/cross-checks.js';
import type { Join } from '../file/definitions.js';
import { columnNamed, isUnique, keyOf, type ModelTable, SchemaModel, type Table } from './schema-model.js';

/** A join from each row of one table to at most one row of another. */
export interface Edge {
  /** The name of the foreign key or of the declared join. */
  readonly name: string;
  readonly from: Table;
  readonly to: Table;
  readonly pairs: readonly { readonly from: string; readonly to: string }[];
  /** Whether a key of the database guarantees that there is at most one row. If not, each call checks it. */
  readonly guaranteed: boolean;
}

/** The ways from a table to others that never multiply its rows. */
export class JoinGraph {
  constructor(
    private readonly model: SchemaModel,
    private readonly declared: readonly Join[],
  ) {}

  /** The joins that begin at a table. */
  async from(table: ModelTable): Promise<readonly Edge[]> {
    const keys = table.foreignKeys.map(({ name, to, pairs }) => ({ name, from: table, to, pairs, guaranteed: true }));
    const joins = await Promise.all(this.declaredFrom(table).map(edge => this.judged(edge, table)));
    return [...keys, ...joins];
  }

  /** The declared joins that would multiply the rows of a table that comes first. */
  multiplying(table: Table): readonly string[] {
    return this.declared
      .filter(join => {
        const { from, to } = sidesOf(join);
        const forward = keyOf(table) === keyOf({ schema: from.schema, name: from.table });
        const backward = keyOf(table) === keyOf({ schema: to.schema, name: to.table });
        return (forward && !toOne(join, 'forward')) || (backward && !toOne(join, 'backward'));
      })
      .map(({ name }) => name);
  }

  private declaredFrom(table: Table): readonly Omit<Edge, 'guaranteed'>[] {
    return this.declared.flatMap(join => {
      const { from, to } = sidesOf(join);
      const [a, b] = [
        { schema: from.schema, name: from.table },
        { schema: to.schema, name: to.table },
      ];
      const pairs = from.columns.map((column, i) => ({ from: column, to: to.columns[i] ?? '' }));
      const reversed = pairs.map(pair => ({ from: pair.to, to: pair.from }));
      return [
        ...(toOne(join, 'forward') && keyOf(a) === keyOf(table) ? [{ name: join.name, from: a, to: b, pairs }] : []),
        ...(toOne(join, 'backward') && keyOf(b) === keyOf(table)
          ? [{ name: join.name, from: b, to: a, pairs: reversed }]
          : []),
      ];
    });
  }

  /** The author's spelling is replaced by the catalogue's. */
  private async judged(edge: Omit<Edge, 'guaranteed'>, from: ModelTable): Promise<Edge> {
    const target = await this.model.table(edge.to);
    if (target === undefined) return { ...edge, guaranteed: false };
    const pairs = edge.pairs.map(pair => ({
      from: columnNamed(from, pair.from)?.name ?? pair.from,
      to: columnNamed(target, pair.to)?.name ?? pair.to,
    }));
    const guaranteed = isUnique(
      target,
      pairs.map(({ to }) => to),
    );
    return { ...edge, to: target, pairs, guaranteed };
  }
}

/** Whether the declared join leads to at most one row in this direction. */
function toOne({ cardinality }: Join, direction: 'forward' | 'backward'): boolean {
  switch (cardinality) {
    case 'one_to_one':
      return true;
    case 'many_to_one':
      return direction === 'forward';
    case 'one_to_many':
      return direction === 'backward';
    case 'many_to_many':
      return false;
    default:
      return cardinality satisfies never;
  }
}
