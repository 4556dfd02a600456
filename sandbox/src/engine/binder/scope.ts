import type { BoundExpression, Env, Ticker } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import type { BindContext, StoredTable, TableRead } from './bind-context.ts';

/** A column that names can resolve to. Its ordinal is its place in the scope's row. */
export interface ScopeColumn {
  readonly name: string | null;
  /** What stands before the dot: the table's alias, or the last part of its name. */
  readonly qualifier: string | null;
  /** Schema of an unaliased table, so that dbo.t.c resolves. */
  readonly schema?: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  readonly computed?: boolean;
  /** The stored column behind it, through views and derived tables. */
  readonly base?: { readonly table: StoredTable; readonly ordinal: number };
  /** Not seen by names nor by `*`. */
  readonly hidden?: boolean;
}

/** What one statement's parts share while it is compiled and while it runs. A compiled query runs once at a time. */
export class Compilation {
  readonly context: BindContext;
  readonly reads: TableRead[] = [];
  /** Set when the statement starts to run; expressions with subqueries tick this clock. */
  ticker: Ticker = { tick: () => false };
  /** Grows with every run, so that cached subquery results are dropped. */
  generation = 0;
  /** Depth of views and functions being expanded. */
  nesting = 0;

  constructor(context: BindContext) {
    this.context = context;
  }

  start(ticker: Ticker): void {
    this.ticker = ticker;
    this.generation++;
  }
}

/** How grouped queries and window functions replace the plain meaning of an expression; see query/grouping. */
export interface ScopeRole {
  /** Where an aggregate would be wrong, the error to raise. */
  aggregateError?: () => SqlError;
}

/** The names an expression can use: the columns of one row, then those of the enclosing queries. */
export class Scope {
  readonly context: BindContext;
  readonly compilation: Compilation;
  readonly parent: Scope | undefined;
  readonly columns: ScopeColumn[] = [];
  /** Ordinal of the first column of the rows that expressions bound now will see. */
  base = 0;
  /** Ordinals met while an expression is bound, when somebody asks. */
  references: Set<number> | undefined;
  /** Called when an expression bound below refers to a row of an enclosing scope. */
  correlated = false;

  constructor(context: BindContext, parent?: Scope, compilation?: Compilation) {
    this.context = context;
    this.parent = parent;
    this.compilation = compilation ?? parent?.compilation ?? new Compilation(context);
  }

  add(column: ScopeColumn): number {
    return this.columns.push(column) - 1;
  }

  /** The ordinal of a column by its name parts, -1 when there is none here. Raises 209 when there are several. */
  find(parts: readonly string[]): number {
    const name = parts[parts.length - 1]!.toLowerCase();
    const qualifier = parts.length > 1 ? parts[parts.length - 2]!.toLowerCase() : undefined;
    const schema = parts.length > 2 ? parts[parts.length - 3]!.toLowerCase() : undefined;
    let found = -1;
    for (let i = this.base; i < this.columns.length; i++) {
      const column = this.columns[i]!;
      if (column.hidden || column.name === null || column.name.toLowerCase() !== name) continue;
      if (qualifier !== undefined && column.qualifier?.toLowerCase() !== qualifier) continue;
      if (schema !== undefined && column.schema?.toLowerCase() !== schema) continue;
      if (found >= 0) throw new SqlError(209, `Ambiguous column name '${parts[parts.length - 1]!}'.`);
      found = i;
    }
    return found;
  }

  /** A reference to the column, seen from `depth` queries further in. */
  columnExpression(ordinal: number, depth: number): BoundExpression {
    this.references?.add(ordinal);
    const type = this.columns[ordinal]!.type;
    const i = ordinal - this.base;
    if (depth === 0) return { type, evaluate: env => env.row[i]! };
    if (depth === 1) return { type, evaluate: env => env.outer!.row[i]! };
    return {
      type,
      evaluate: env => {
        let at: Env = env;
        for (let k = 0; k < depth; k++) at = at.outer!;
        return at.row[i]!;
      },
    };
  }
}
