import type { ScopeColumn } from '../binder/scope.ts';
import type { Env, RowStream } from '../contracts.ts';
import type { SqlType } from '../sql-type.ts';
import type { LeafEquality } from './leaf.ts';
import type { PlanNode } from './plan-node.ts';

/** A column of a query's result. */
export interface OutputColumn {
  readonly name: string | null;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  readonly computed?: boolean;
  readonly base?: ScopeColumn['base'];
  /** The alias of the table it comes from, for FOR JSON AUTO. */
  readonly table: string | null;
  /** That table as FROM names it, with the schema if given: FOR XML AUTO uses it as the element's name. */
  readonly shownTable?: string | undefined;
  /** The value is JSON already: FOR JSON inserts it unquoted. */
  readonly json: boolean;
}

/** A compiled query within a statement. Its rows may have more values than columns: the identity of a DML target. */
export interface InnerQuery {
  readonly columns: readonly OutputColumn[];
  readonly assignments?: readonly string[];
  readonly into?: readonly string[];
  readonly correlated: boolean;
  /** The table that a DML statement changes through this query: see DmlTarget. */
  readonly targetTable?: ScopeColumn['base'];
  /**
   * Lets an index inside serve `column = value` from outside (a view looked up by its key): the value must not depend
   * on any row. It narrows what is read; the condition is still tested outside.
   */
  narrow?(column: number, equalities: readonly LeafEquality[]): void;
  run(outer: Env | null): RowStream;
  /** Absent where it has no operators of its own (VALUES, the working rows of a recursion). */
  readonly plan?: () => PlanNode;
}

export interface CompileOptions {
  /** ORDER BY alone is an error there (views, derived tables, subqueries). */
  readonly nested: boolean;
  /** EXISTS (SELECT * …): the select list is not evaluated. */
  readonly exists?: boolean;
  /** FOR JSON and FOR XML give one value, not rows of 2,033 characters. */
  readonly single?: boolean;
  /** UPDATE and DELETE through a CTE or view: adds the stored row of its table behind the columns. */
  readonly identity?: boolean;
  /** OPTION (MAXRECURSION n) of the statement. */
  readonly maximumRecursion?: number;
}
