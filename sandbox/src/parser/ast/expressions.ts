import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { OrderItem, Query, WindowSpecification } from './queries.ts';

/** The parts of a name without quotes, the object's own last; an omitted part (`db..t`) is ''. A variable is ['@t']. */
export type ObjectName = readonly string[];

/** Every node knows the line of its batch where it begins, 1-based. */
export interface Node {
  readonly line: number;
}

/** A type as written. `name` is lower case, with the ISO synonyms of several words resolved (double precision → float). */
export interface TypeName extends Node {
  readonly name: string;
  /** All parts as written, for types with a schema (dbo.MyType). */
  readonly parts: ObjectName;
  /** (10, 2), (50); MAX is -1. */
  readonly args: readonly number[];
}

/** Constant. NULL has the type int with `untypedNull`. */
export interface Literal extends Node {
  readonly kind: 'literal';
  readonly type: SqlType;
  readonly value: Value;
}

/** `@name`. */
export interface VariableReference extends Node {
  readonly kind: 'variable';
  readonly name: string;
}

/** `@@NAME`, upper case. */
export interface GlobalVariableReference extends Node {
  readonly kind: 'global variable';
  readonly name: string;
}

/** A column; as an argument also a datepart (DATEADD(day, …)): the function decides. `$action` is one too. */
export interface ColumnReference extends Node {
  readonly kind: 'column';
  readonly parts: ObjectName;
}

export interface UnaryExpression extends Node {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | '~';
  readonly operand: Expression;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

export interface BinaryExpression extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** CASE x WHEN v THEN r …. */
export interface SimpleCase extends Node {
  readonly kind: 'simple case';
  readonly input: Expression;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | undefined;
}

/** CASE WHEN p THEN r …. */
export interface SearchedCase extends Node {
  readonly kind: 'searched case';
  readonly branches: readonly { readonly when: Predicate; readonly then: Expression }[];
  readonly otherwise: Expression | undefined;
}

/** IIF(p, a, b). */
export interface Iif extends Node {
  readonly kind: 'iif';
  readonly condition: Predicate;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** CAST, CONVERT, PARSE and their TRY_ forms. `style` belongs to CONVERT, `culture` to PARSE. */
export interface Cast extends Node {
  readonly kind: 'cast';
  readonly form: 'cast' | 'convert' | 'parse';
  readonly try: boolean;
  readonly expression: Expression;
  readonly type: TypeName;
  readonly style: Expression | undefined;
  readonly culture: Expression | undefined;
}

/** A call of a built-in or user-defined function, an aggregate or a window function. */
export interface FunctionCall extends Node {
  readonly kind: 'function';
  /** Parts as written: ['COUNT'], ['dbo', 'Total']. */
  readonly name: ObjectName;
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  /** COUNT(*). */
  readonly star: boolean;
  /** CURRENT_TIMESTAMP and similar functions, which are written without parentheses. */
  readonly niladic: boolean;
  readonly withinGroup: readonly OrderItem[] | undefined;
  readonly nulls: 'ignore' | 'respect' | undefined;
  readonly over: WindowSpecification | undefined;
}

/** TRIM([LEADING | TRAILING | BOTH] [characters FROM] string). */
export interface Trim extends Node {
  readonly kind: 'trim';
  readonly side: 'leading' | 'trailing' | 'both';
  readonly characters: Expression | undefined;
  readonly expression: Expression;
}

/** JSON_OBJECT('k': v, … [NULL | ABSENT ON NULL]); NULL ON NULL is the default. */
export interface JsonObject extends Node {
  readonly kind: 'json object';
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
  readonly nulls: 'null' | 'absent';
}

/** JSON_ARRAY(v, … [NULL | ABSENT ON NULL]); ABSENT ON NULL is the default. */
export interface JsonArray extends Node {
  readonly kind: 'json array';
  readonly values: readonly Expression[];
  readonly nulls: 'null' | 'absent';
}

/** NEXT VALUE FOR sequence [OVER (ORDER BY …)]. */
export interface NextValue extends Node {
  readonly kind: 'next value';
  readonly sequence: ObjectName;
  readonly over: WindowSpecification | undefined;
}

export interface AtTimeZone extends Node {
  readonly kind: 'at time zone';
  readonly expression: Expression;
  readonly zone: Expression;
}

export interface Collate extends Node {
  readonly kind: 'collate';
  readonly expression: Expression;
  readonly collation: string;
}

export interface ScalarSubquery extends Node {
  readonly kind: 'subquery';
  readonly query: Query;
}

/** An expression with a value. T-SQL distinguishes it from a condition. */
export type Expression =
  | Literal
  | VariableReference
  | GlobalVariableReference
  | ColumnReference
  | UnaryExpression
  | BinaryExpression
  | SimpleCase
  | SearchedCase
  | Iif
  | Cast
  | FunctionCall
  | Trim
  | JsonObject
  | JsonArray
  | NextValue
  | AtTimeZone
  | Collate
  | ScalarSubquery;

/** DEFAULT in VALUES, SET and arguments. */
export interface DefaultMarker extends Node {
  readonly kind: 'default';
}

/** `!=` is '<>', `!<` is '>=', `!>` is '<='. */
export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';

export interface Comparison extends Node {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** x = ANY (SELECT …); SOME is ANY. */
export interface QuantifiedComparison extends Node {
  readonly kind: 'quantified comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly quantifier: 'any' | 'all';
  readonly query: Query;
}

export interface IsNull extends Node {
  readonly kind: 'is null';
  readonly expression: Expression;
  readonly negated: boolean;
}

/** IS [NOT] DISTINCT FROM; `negated` is IS NOT DISTINCT FROM, that is: equal or both NULL. */
export interface IsDistinctFrom extends Node {
  readonly kind: 'is distinct from';
  readonly left: Expression;
  readonly right: Expression;
  readonly negated: boolean;
}

export interface Between extends Node {
  readonly kind: 'between';
  readonly expression: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
}

export interface Like extends Node {
  readonly kind: 'like';
  readonly expression: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
  readonly negated: boolean;
}

export interface InList extends Node {
  readonly kind: 'in list';
  readonly expression: Expression;
  readonly list: readonly Expression[];
  readonly negated: boolean;
}

export interface InQuery extends Node {
  readonly kind: 'in query';
  readonly expression: Expression;
  readonly query: Query;
  readonly negated: boolean;
}

export interface Exists extends Node {
  readonly kind: 'exists';
  readonly query: Query;
}

export interface Not extends Node {
  readonly kind: 'not';
  readonly operand: Predicate;
}

/** FREETEXT ((columns), text). */
export interface FreeText extends Node {
  readonly kind: 'free text';
  readonly columns: readonly ColumnReference[];
  readonly text: Expression;
}

/** Two operands or more: a long chain is one node, so that it doesn't nest. */
export interface Conjunction extends Node {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Predicate[];
}

export type Predicate =
  | Comparison
  | QuantifiedComparison
  | IsNull
  | IsDistinctFrom
  | Between
  | Like
  | InList
  | InQuery
  | Exists
  | FreeText
  | Not
  | Conjunction;
