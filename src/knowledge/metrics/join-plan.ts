import { quoteName } from '../../database/object-name.js';
import type { Edge } from '../model/join-graph.js';
import { quoted, type ResolvedColumn, type Way } from '../model/resolution.js';
import type { Columns } from '../model/resolved-metric.js';
import type { Table } from '../model/schema-model.js';
import { type RowExpression, textOf } from '../sql/row-expression.js';

/** The tables of a statement: the base table, and those joined to it, each once. Rows of the base table are never lost. */
export class JoinPlan {
  private readonly aliases = new Map<string, string>();
  private readonly joins: string[] = [];
  /** Joins that no key of the database guarantees to find at most one row. */
  readonly unguaranteed: Edge[] = [];

  constructor(private readonly base: Table) {}

  /** `FROM [s].[t] AS t0 LEFT JOIN …`. */
  get sql(): string {
    return [`FROM ${quoted(this.base)} AS t0`, ...this.joins].join('\n');
  }

  column({ way, column }: ResolvedColumn): string {
    return `${this.aliasOf(way)}.${quoteName(column.name)}`;
  }

  expression(expression: RowExpression, columns: Columns): string {
    return textOf(expression, reference => {
      const column = columns.get(reference);
      if (column === undefined) throw new Error('A column of the expression was not resolved.');
      return this.column(column);
    });
  }

  private aliasOf(way: Way): string {
    const edge = way.at(-1);
    if (edge === undefined) return 't0';
    const key = JSON.stringify(way.map(({ name }) => name.toLowerCase()));
    let alias = this.aliases.get(key);
    if (alias === undefined) {
      const before = this.aliasOf(way.slice(0, -1));
      alias = `t${this.aliases.size + 1}`;
      this.aliases.set(key, alias);
      const pairs = edge.pairs.map(({ from, to }) => `${alias}.${quoteName(to)} = ${before}.${quoteName(from)}`);
      this.joins.push(`LEFT JOIN ${quoted(edge.to)} AS ${alias} ON ${pairs.join(' AND ')}`);
      if (!edge.guaranteed) this.unguaranteed.push(edge);
    }
    return alias;
  }
}

/** Returns a row if the join would find two rows for one, so that rows would count twice. */
export function duplicatesSql({ to, pairs }: Edge): string {
  const columns = pairs.map(pair => quoteName(pair.to));
  const present = columns.map(column => `${column} IS NOT NULL`).join(' AND ');
  return `SELECT TOP (1) 1 AS duplicates FROM ${quoted(to)} WHERE ${present} GROUP BY ${columns.join(', ')} HAVING COUNT_BIG(*) > 1`;
}
