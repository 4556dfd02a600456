import type { StoredRow, StoredTable, TableRead } from '../binder/bind-context.ts';
import type { Scope } from '../binder/scope.ts';
import type { Env, ResultColumn, RowStream, Ticker, Pause } from '../contracts.ts';
import type { SqlType, Value } from '../sql-type.ts';
import type { PlanNode } from './plan-node.ts';

/** A compiled query. It holds the state of its run: it can run repeatedly, but only once at a time. */
export interface CompiledQuery {
  readonly columns: readonly ResultColumn[];
  /** For SELECT @a = x, @b = y: the variable of each column. The caller assigns from each row before it asks for the next. */
  readonly assignments?: readonly { readonly variable: string }[];
  /** INTO of SELECT … INTO t. */
  readonly into?: readonly string[];
  /** Every base table that the statement reads, also in subqueries and views. */
  readonly reads: readonly TableRead[];
  /** True when it refers to rows of the outer scope it was compiled in. */
  readonly correlated: boolean;
  /** `measured`: the plan then says what each operator did. */
  run(outer: Env | null, ticker: Ticker, measured?: boolean): RowStream;
  plan(): PlanNode;
}

/** An expression or condition outside of a query: IF, SET, DEFAULT, CHECK, computed columns, arguments. */
export interface Standalone<T> {
  readonly reads: readonly TableRead[];
  /** Runs its subqueries with pauses; `evaluate` then uses their results once. IF, WHILE and SET call it. */
  prepare(ticker: Ticker): Generator<Pause, void, void>;
  /** Without `prepare`, the subqueries run to their end here without a pause. */
  evaluate(row: readonly Value[], ticker: Ticker): T;
}

export interface StandaloneExpression extends Standalone<Value> {
  readonly type: SqlType;
  /** It refers to no column, variable or changing function. */
  readonly constant: boolean;
}

export type StandalonePredicate = Standalone<boolean | null>;

/** A row of UPDATE's or DELETE's FROM and WHERE with the row it targets. */
export interface DmlRow {
  /** The row to change; null only in MERGE, for a source row that matched none. */
  readonly target: StoredRow | null;
  /** MERGE: false when the target row matched no source row. */
  readonly sourceMatched: boolean;
  /** The row that expressions bound in `scope` see. */
  readonly row: readonly Value[];
}

export interface DmlSource {
  readonly table: StoredTable;
  /** The target's alias or name as written; null when the target is a view or CTE. */
  readonly targetAlias: string | null;
  /** Where the target's columns begin in `DmlRow.row`. */
  readonly targetOffset: number;
  /** SET expressions, MERGE actions and OUTPUT's FROM columns are bound here, over `DmlRow.row`. */
  readonly scope: Scope;
  readonly reads: readonly TableRead[];
  /** The base table's ordinal that a column name of the target means (through a view or CTE); -1 when there is none. */
  targetColumn(name: string): number;
  /** A target row may occur several times (an UPDATE … FROM with several matches): the first occurrence counts. */
  run(ticker: Ticker): Generator<DmlRow | Pause, void, void>;
}
