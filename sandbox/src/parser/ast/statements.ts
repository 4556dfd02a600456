import type { DefinitionStatement, TableBody } from './ddl.ts';
import type { DefaultMarker, Expression, Node, ObjectName, Predicate, TypeName } from './expressions.ts';
import type { CommonTableExpression, Query, QueryHint, SelectItem, TableHint, TableSource, Top } from './queries.ts';

/** A statement's own text is `batch.slice(start, end)`, without the semicolon. */
export interface StatementNode extends Node {
  readonly start: number;
  readonly end: number;
}

export interface SelectStatement extends StatementNode {
  readonly kind: 'select statement';
  readonly query: Query;
}

export interface OutputClause extends Node {
  readonly items: readonly SelectItem[];
  readonly into: ObjectName | undefined;
  readonly intoColumns: readonly string[] | undefined;
}

/** The table that is changed, or its alias in FROM. */
export interface DmlTarget extends Node {
  readonly name: ObjectName;
  readonly hints: readonly TableHint[];
}

export interface DmlNode extends StatementNode {
  readonly ctes: readonly CommonTableExpression[];
  readonly top: Top | undefined;
  readonly target: DmlTarget;
  /** OUTPUT … INTO …, OUTPUT …: none, one or both. */
  readonly output: readonly OutputClause[];
  readonly hints: readonly QueryHint[];
}

export type AssignedValue = Expression | DefaultMarker;

export type InsertSource =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'values'; readonly rows: readonly (readonly AssignedValue[])[] }
  | { readonly kind: 'default values' }
  | { readonly kind: 'execute'; readonly statement: ExecuteStatement };

export interface Insert extends DmlNode {
  readonly kind: 'insert';
  readonly columns: readonly string[] | undefined;
  readonly source: InsertSource;
}

/** `c += x` has been turned into `c = c + x`. */
export type SetClause =
  /** c = x, and @v = c = x. */
  | {
      readonly kind: 'column';
      readonly line: number;
      readonly column: ObjectName;
      readonly value: AssignedValue;
      readonly variable: string | undefined;
    }
  | { readonly kind: 'variable'; readonly line: number; readonly variable: string; readonly value: Expression };

export interface Update extends DmlNode {
  readonly kind: 'update';
  readonly set: readonly SetClause[];
  readonly from: readonly TableSource[];
  readonly where: Predicate | undefined;
}

export interface Delete extends DmlNode {
  readonly kind: 'delete';
  readonly from: readonly TableSource[];
  readonly where: Predicate | undefined;
}

export interface MergeClause extends Node {
  readonly when: 'matched' | 'not matched by target' | 'not matched by source';
  readonly condition: Predicate | undefined;
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly SetClause[] }
    | { readonly kind: 'delete' }
    /** `values` undefined: DEFAULT VALUES. */
    | {
        readonly kind: 'insert';
        readonly columns: readonly string[] | undefined;
        readonly values: readonly AssignedValue[] | undefined;
      };
}

export interface Merge extends DmlNode {
  readonly kind: 'merge';
  readonly alias: string | undefined;
  readonly source: TableSource;
  readonly on: Predicate;
  readonly clauses: readonly MergeClause[];
}

export interface Truncate extends StatementNode {
  readonly kind: 'truncate';
  readonly table: ObjectName;
}

export interface Declare extends StatementNode {
  readonly kind: 'declare';
  readonly variables: readonly DeclaredVariable[];
}

export type DeclaredVariable =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly name: string;
      readonly type: TypeName;
      readonly value: Expression | undefined;
    }
  | { readonly kind: 'table'; readonly line: number; readonly name: string; readonly table: TableBody };

/** SET @v = x; compound operators have been resolved. */
export interface SetVariable extends StatementNode {
  readonly kind: 'set variable';
  readonly variable: string;
  readonly value: Expression;
}

/** SET NOCOUNT, ANSI_NULLS ON …: one statement may name several, in upper case. */
export interface SetSwitch extends StatementNode {
  readonly kind: 'set switch';
  readonly options: readonly string[];
  readonly on: boolean;
}

/** SET DATEFIRST 1, SET LANGUAGE x …: the name in upper case; a bare word has become a string. */
export interface SetValue extends StatementNode {
  readonly kind: 'set value';
  readonly option: string;
  readonly value: Expression;
}

export interface SetIdentityInsert extends StatementNode {
  readonly kind: 'set identity insert';
  readonly table: ObjectName;
  readonly on: boolean;
}

export interface SetIsolationLevel extends StatementNode {
  readonly kind: 'set isolation level';
  readonly level: 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SNAPSHOT' | 'SERIALIZABLE';
}

export interface If extends StatementNode {
  readonly kind: 'if';
  readonly condition: Predicate;
  readonly then: Statement;
  readonly otherwise: Statement | undefined;
}

export interface While extends StatementNode {
  readonly kind: 'while';
  readonly condition: Predicate;
  readonly body: Statement;
}

export interface Block extends StatementNode {
  readonly kind: 'block';
  readonly body: readonly Statement[];
}

export interface TryCatch extends StatementNode {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handler: readonly Statement[];
}

/** COMMIT, ROLLBACK and SAVE; a name may stand in a variable. ROLLBACK WORK and COMMIT WORK have none. */
export interface TransactionStatement extends StatementNode {
  readonly kind: 'begin transaction' | 'commit' | 'rollback' | 'save transaction';
  readonly name: string | undefined;
  readonly variable: string | undefined;
}

export interface Print extends StatementNode {
  readonly kind: 'print';
  readonly expression: Expression;
}

export interface RaiseError extends StatementNode {
  readonly kind: 'raiserror';
  readonly message: Expression;
  readonly severity: Expression;
  readonly state: Expression;
  readonly args: readonly Expression[];
  /** LOG, NOWAIT, SETERROR. */
  readonly options: readonly string[];
}

/** Without arguments, inside CATCH: rethrows. */
export interface Throw extends StatementNode {
  readonly kind: 'throw';
  readonly arguments:
    { readonly number: Expression; readonly message: Expression; readonly state: Expression } | undefined;
}

export interface WaitForDelay extends StatementNode {
  readonly kind: 'waitfor';
  readonly mode: 'delay' | 'time';
  readonly time: Expression;
}

export interface Use extends StatementNode {
  readonly kind: 'use';
  readonly database: string;
}

export interface Return extends StatementNode {
  readonly kind: 'return';
  readonly value: Expression | undefined;
}

/** GOTO and labels are refused. */
export interface LoopControl extends StatementNode {
  readonly kind: 'break' | 'continue';
}

export interface ExecuteArgument extends Node {
  /** @p = …, with its @. */
  readonly name: string | undefined;
  readonly value: AssignedValue;
  /** OUTPUT: `value` is then a variable. */
  readonly output: boolean;
}

/** EXEC [@r =] procedure args, and EXEC (string). WITH RECOMPILE is accepted, WITH RESULT SETS refused. */
export interface ExecuteStatement extends StatementNode {
  readonly kind: 'execute';
  readonly target:
    | { readonly kind: 'procedure'; readonly name: ObjectName }
    | { readonly kind: 'procedure variable'; readonly variable: string }
    | { readonly kind: 'string'; readonly expression: Expression };
  readonly args: readonly ExecuteArgument[];
  readonly returnVariable: string | undefined;
}

export interface Kill extends StatementNode {
  readonly kind: 'kill';
  readonly session: Expression;
}

/** CHECKPOINT. */
export interface Checkpoint extends StatementNode {
  readonly kind: 'checkpoint';
}

export type DmlStatement = Insert | Update | Delete | Merge;

export type Statement =
  | SelectStatement
  | DmlStatement
  | Truncate
  | Declare
  | SetVariable
  | SetSwitch
  | SetValue
  | SetIdentityInsert
  | SetIsolationLevel
  | If
  | While
  | Block
  | TryCatch
  | TransactionStatement
  | Print
  | RaiseError
  | Throw
  | WaitForDelay
  | Use
  | Return
  | LoopControl
  | ExecuteStatement
  | Kill
  | Checkpoint
  | DefinitionStatement;
