import type * as ast from '../../parser/ast.ts';
import type { BoundExpression, Env } from '../contracts.ts';
import type { AggregateCall } from '../query/aggregate.ts';
import type { WorkingRows } from '../query/recursion.ts';
import type { WindowGroup } from '../query/window.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import type { BindContext, SourceColumn, StoredTable } from './bind-context.ts';
import { Compilation } from './compilation.ts';

/** A column that names can resolve to. Its ordinal is its place in the scope's row. */
export interface ScopeColumn {
  readonly name: string | null;
  /** The qualifier before the dot: the table's alias, or the last part of its name. */
  readonly qualifier: string | null;
  /** Schema of an unaliased table, so that dbo.t.c resolves. */
  readonly schema?: string;
  /** The table as error 8120 names it: its alias, else its name as written. */
  readonly shownTable?: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  readonly computed?: boolean;
  /** The stored column behind it, through views and derived tables. */
  readonly base?: { readonly table: StoredTable; readonly ordinal: number };
  /** Neither names nor `*` refer to it. */
  readonly hidden?: boolean;
}

/** The clause that is being bound; it decides what is allowed and which errors are raised. */
export type Clause =
  'select' | 'where' | 'on' | 'group by' | 'having' | 'order by' | 'set' | 'values' | 'aggregate' | 'window' | 'other';

/**
 * A grouped query's rows hold keys and aggregates in place of the columns of its FROM clause. Expressions of
 * SELECT, HAVING and ORDER BY are bound in a scope that has one of these.
 */
export interface Grouping {
  /** The scope of the FROM clause: aggregates' arguments are bound there. */
  readonly input: Scope;
  /** Texts of the GROUP BY expressions (see expressionKey) with their types; the position is the ordinal. */
  readonly keys: readonly {
    readonly text: string;
    readonly type: SqlType;
    readonly nullable: boolean;
    readonly column: ScopeColumn | undefined;
  }[];
  /** The keys are followed by the number of the grouping set, then by the aggregates. */
  readonly setOrdinal: number;
  readonly sets: readonly (readonly number[])[];
  readonly calls: (AggregateCall & { readonly text: string })[];
}

/** The window functions of SELECT and ORDER BY; their results are stored behind the columns of the row. */
export interface WindowCollector {
  readonly groups: WindowGroup[];
  readonly texts: Map<string, { readonly slot: number; readonly type: SqlType }>;
  readonly names: ReadonlyMap<string, ast.WindowSpecification>;
  count: number;
  /** The width of the rows that the windows read: set when all aggregates have been found. */
  base: number;
}

/** A common table expression. It is compiled at each reference. */
export interface CteDefinition {
  readonly name: string;
  readonly columnNames?: readonly string[];
  readonly query: ast.Query;
  /** The definitions before it. */
  readonly environment: CteEnvironment | undefined;
  readonly recursive: boolean;
  readonly maximumRecursion: number;
  /** Inside its own recursive member: the rows of the previous round. */
  readonly working?: { readonly rows: WorkingRows; readonly columns: readonly SourceColumn[] };
  /** The parameters of the inline function that defines it. */
  readonly parent: Scope | undefined;
  /** The view or batch that defines it; its names are resolved there. */
  readonly context: BindContext;
}

export interface CteEnvironment {
  readonly definition: CteDefinition;
  readonly next: CteEnvironment | undefined;
}

export function findCte(environment: CteEnvironment | undefined, name: string): CteDefinition | undefined {
  const wanted = name.toLowerCase();
  for (let at = environment; at; at = at.next) if (at.definition.name.toLowerCase() === wanted) return at.definition;
  return undefined;
}

/** The names that an expression can use: the columns of one row, then those of the enclosing queries. */
export class Scope {
  readonly context: BindContext;
  readonly compilation: Compilation;
  readonly parent: Scope | undefined;
  readonly columns: ScopeColumn[] = [];
  /** Ordinal of the first column of the rows that expressions bound now will see. */
  base = 0;
  /** The order of the columns for `*`, when it differs from that of the row. */
  starOrder: readonly number[] | undefined;
  /** Collects the ordinals that an expression refers to while it is bound. */
  references: Set<number> | undefined;
  /** Set when an expression bound here or below refers to a row of an enclosing scope. */
  correlated = false;
  clause: Clause = 'other';
  /** Set on the scope around an inline function's query: its row is the arguments. */
  parameters: ReadonlyMap<string, { readonly ordinal: number; readonly type: SqlType }> | undefined;
  grouping: Grouping | undefined;
  windows: WindowCollector | undefined;
  /** Common table expressions that names in FROM can mean, innermost first. */
  ctes: CteEnvironment | undefined;

  constructor(context: BindContext, parent?: Scope, compilation?: Compilation) {
    this.context = context;
    this.parent = parent;
    this.compilation = compilation ?? parent?.compilation ?? new Compilation(context);
    this.ctes = parent?.ctes;
  }

  add(column: ScopeColumn): number {
    return this.columns.push(column) - 1;
  }

  /** The ordinal of a column by its name parts, -1 when this scope has none. Raises 209 when it has several. */
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

  /** A reference to the column from a query that is `depth` levels further in. */
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
