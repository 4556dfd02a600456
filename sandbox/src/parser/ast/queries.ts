import type { Expression, FunctionCall, Node, ObjectName, Predicate, TypeName } from './expressions.ts';

export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
}

/** `OVER (…)` or a definition of the WINDOW clause. OVER name and OVER (name …) have `base`. */
export interface WindowSpecification extends Node {
  readonly base: string | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: WindowFrame | undefined;
}

export interface WindowFrame extends Node {
  readonly unit: 'rows' | 'range';
  readonly start: FrameBound;
  /** CURRENT ROW when only the start is written. */
  readonly end: FrameBound;
}

export interface FrameBound {
  readonly kind: 'unbounded preceding' | 'preceding' | 'current row' | 'following' | 'unbounded following';
  /** Rows; 0 unless kind is 'preceding' or 'following'. */
  readonly count: number;
}

export interface NamedWindow extends Node {
  readonly name: string;
  readonly specification: WindowSpecification;
}

export interface CommonTableExpression extends Node {
  readonly name: string;
  readonly columns: readonly string[] | undefined;
  readonly query: Query;
}

/** A query with the clauses that apply to it as a whole, such as ORDER BY after UNION. */
export interface Query extends Node {
  readonly kind: 'query';
  readonly ctes: readonly CommonTableExpression[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset: Expression | undefined;
  readonly fetch: Expression | undefined;
  readonly for: ForJson | ForXml | undefined;
  /** OPTION (…): only a statement's own query has them. */
  readonly hints: readonly QueryHint[];
}

export type QueryBody = Select | SetOperation | TableValues;

export interface SetOperation extends Node {
  readonly kind: 'set operation';
  readonly operator: 'union' | 'union all' | 'except' | 'intersect';
  readonly left: QueryBody;
  readonly right: QueryBody;
}

/** VALUES (…), (…) as a table; only in FROM and as the source of MERGE. */
export interface TableValues extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface Select extends Node {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top: Top | undefined;
  readonly items: readonly SelectItem[];
  readonly into: ObjectName | undefined;
  readonly from: readonly TableSource[];
  readonly where: Predicate | undefined;
  readonly groupBy: readonly GroupingElement[] | undefined;
  readonly having: Predicate | undefined;
  readonly windows: readonly NamedWindow[];
}

export interface Top extends Node {
  readonly expression: Expression;
  readonly percent: boolean;
  readonly withTies: boolean;
}

export type SelectItem = SelectExpression | SelectStar | SelectAssignment;

export interface SelectExpression extends Node {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly alias: string | undefined;
}

/** `*`, `t.*`. */
export interface SelectStar extends Node {
  readonly kind: 'star';
  readonly qualifier: ObjectName | undefined;
}

/** `@v = x`; `@v += x` has been turned into `@v = @v + x`. */
export interface SelectAssignment extends Node {
  readonly kind: 'assignment';
  readonly variable: string;
  readonly expression: Expression;
}

/** WITH ROLLUP and WITH CUBE have been turned into ROLLUP (…) and CUBE (…). */
export type GroupingElement = GroupingExpression | GroupingCombination | GroupingSets;

export interface GroupingExpression extends Node {
  readonly kind: 'expression';
  readonly expression: Expression;
}

export interface GroupingCombination extends Node {
  readonly kind: 'rollup' | 'cube';
  /** ROLLUP (a, (b, c)) is [[a], [b, c]]. */
  readonly items: readonly (readonly Expression[])[];
}

/** GROUPING SETS (…); GROUP BY () is one with an empty set. */
export interface GroupingSets extends Node {
  readonly kind: 'grouping sets';
  readonly items: readonly (GroupingSet | GroupingCombination)[];
}

export interface GroupingSet extends Node {
  readonly kind: 'set';
  readonly expressions: readonly Expression[];
}

export type TableSource = NamedTable | TableFunction | DerivedTable | Join | Apply | Pivot | Unpivot;

/** A known table hint in upper case (NOLOCK, INDEX …), with what stood in its parentheses. */
export interface TableHint extends Node {
  readonly name: string;
  readonly args: readonly string[];
}

/** A known query hint in upper case without its value: RECOMPILE, MAXDOP, 'HASH JOIN', 'USE HINT' …. */
export interface QueryHint extends Node {
  readonly name: string;
  /** The number of MAXRECURSION, MAXDOP, FAST …. */
  readonly value: number | undefined;
}

/** A table, view, common table expression, temporary table or, as ['@t'], a table variable. */
export interface NamedTable extends Node {
  readonly kind: 'table';
  readonly name: ObjectName;
  readonly alias: string | undefined;
  readonly hints: readonly TableHint[];
}

/** OPENJSON, STRING_SPLIT, GENERATE_SERIES, user-defined table functions. */
export interface TableFunction extends Node {
  readonly kind: 'table function';
  readonly name: ObjectName;
  readonly args: readonly Expression[];
  /** OPENJSON … WITH (…). */
  readonly schema: readonly JsonColumn[] | undefined;
  readonly alias: string | undefined;
  readonly columnAliases: readonly string[] | undefined;
}

export interface JsonColumn extends Node {
  readonly name: string;
  readonly type: TypeName;
  readonly path: string | undefined;
  readonly asJson: boolean;
}

export interface DerivedTable extends Node {
  readonly kind: 'derived table';
  readonly query: Query;
  readonly alias: string;
  readonly columnAliases: readonly string[] | undefined;
}

export interface Join extends Node {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly left: TableSource;
  readonly right: TableSource;
  /** Undefined for cross joins only. */
  readonly on: Predicate | undefined;
  readonly hint: 'LOOP' | 'HASH' | 'MERGE' | 'REMOTE' | undefined;
}

export interface Apply extends Node {
  readonly kind: 'apply';
  readonly outer: boolean;
  readonly left: TableSource;
  readonly right: TableSource;
}

export interface Pivot extends Node {
  readonly kind: 'pivot';
  readonly source: TableSource;
  readonly aggregate: FunctionCall;
  readonly column: ObjectName;
  readonly values: readonly string[];
  readonly alias: string;
}

export interface Unpivot extends Node {
  readonly kind: 'unpivot';
  readonly source: TableSource;
  readonly valueColumn: string;
  readonly nameColumn: string;
  readonly columns: readonly ObjectName[];
  readonly alias: string;
}

export interface ForJson extends Node {
  readonly kind: 'json';
  readonly mode: 'auto' | 'path';
  /** ROOT is 'root', ROOT('x') is 'x'. */
  readonly root: string | undefined;
  readonly includeNullValues: boolean;
  readonly withoutArrayWrapper: boolean;
}

export interface ForXml extends Node {
  readonly kind: 'xml';
  readonly mode: 'raw' | 'auto' | 'path';
  /** RAW('x'), PATH('x'); PATH('') is ''. */
  readonly elementName: string | undefined;
  readonly root: string | undefined;
  readonly elements: 'absent' | 'xsinil' | undefined;
  readonly type: boolean;
  readonly binaryBase64: boolean;
}
