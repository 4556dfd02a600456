/**
 * The syntax tree of T-SQL. Every node has the 1-based `line` it begins on; statements also their place in the text.
 * Names are kept as written; comparison without case is the binder's.
 */
export interface Node {
  readonly line: number;
}

/** `a.b.c`: one to four parts; an empty part stands for an omitted one (`db..t`). */
export interface ObjectName extends Node {
  readonly parts: readonly string[];
}

export interface TypeName extends Node {
  readonly schema?: string;
  /** As written, e.g. `nvarchar`, `DOUBLE PRECISION` is `float`. */
  readonly name: string;
  /** Facets; -1 is MAX. */
  readonly args: readonly number[];
}

// --- expressions ---

export type Expression =
  | Literal
  | VariableReference
  | GlobalVariable
  | ColumnReference
  | Unary
  | Binary
  | CaseExpression
  | Cast
  | Collate
  | AtTimeZone
  | FunctionCall
  | ScalarSubquery
  | NextValueFor;

export type LiteralValue =
  | { readonly type: 'null' }
  | { readonly type: 'integer'; readonly text: string }
  | { readonly type: 'decimal'; readonly text: string }
  | { readonly type: 'float'; readonly text: string }
  | { readonly type: 'money'; readonly text: string }
  | { readonly type: 'string'; readonly text: string; readonly national: boolean }
  /** Hex digits without 0x. */
  | { readonly type: 'binary'; readonly text: string };

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}
/** `@name`, with the sign. */
export interface VariableReference extends Node {
  readonly kind: 'variable';
  readonly name: string;
}
/** `@@NAME`, in upper case with the signs. */
export interface GlobalVariable extends Node {
  readonly kind: 'global-variable';
  readonly name: string;
}
export interface ColumnReference extends Node {
  readonly kind: 'column';
  readonly parts: readonly string[];
}
export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | '~';
  readonly operand: Expression;
}
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface CaseExpression extends Node {
  readonly kind: 'case';
  /** Simple CASE; each `when` is then an Expression, else a Predicate. */
  readonly input?: Expression;
  readonly branches: readonly { readonly when: Expression | Predicate; readonly then: Expression }[];
  readonly otherwise?: Expression;
}
export interface Cast extends Node {
  readonly kind: 'cast';
  readonly form: 'CAST' | 'CONVERT' | 'PARSE';
  readonly try: boolean;
  readonly operand: Expression;
  readonly type: TypeName;
  /** CONVERT's style, or PARSE's USING culture. */
  readonly style?: Expression;
}
export interface Collate extends Node {
  readonly kind: 'collate';
  readonly operand: Expression;
  readonly collation: string;
}
export interface AtTimeZone extends Node {
  readonly kind: 'at-time-zone';
  readonly operand: Expression;
  readonly zone: Expression;
}
/** Built-in, aggregate, window and user-defined scalar functions alike. `IIF` has a Predicate as its first argument. */
export interface FunctionCall extends Node {
  readonly kind: 'function';
  /** Upper case when it has one part; `parts` has it as written. */
  readonly name: string;
  readonly parts: readonly string[];
  readonly arguments: readonly FunctionArgument[];
  readonly distinct?: boolean;
  /** COUNT(*). */
  readonly star?: boolean;
  /** WITHIN GROUP (ORDER BY …). */
  readonly withinGroup?: readonly OrderItem[];
  readonly nullTreatment?: 'IGNORE' | 'RESPECT';
  readonly over?: WindowSpecification | { readonly windowName: string };
  /** JSON_OBJECT and JSON_ARRAY: NULL ON NULL or ABSENT ON NULL. */
  readonly jsonNulls?: 'NULL' | 'ABSENT';
  /** TRIM([LEADING|TRAILING|BOTH] [characters FROM] text): then arguments are [text] or [characters, text]. */
  readonly trim?: 'LEADING' | 'TRAILING' | 'BOTH';
}
export type FunctionArgument =
  | Expression
  | Predicate
  /** `key: value` of JSON_OBJECT. */
  | { readonly kind: 'key-value'; readonly line: number; readonly key: Expression; readonly value: Expression };
export interface ScalarSubquery extends Node {
  readonly kind: 'subquery';
  readonly query: Query;
}
export interface NextValueFor extends Node {
  readonly kind: 'next-value';
  readonly sequence: ObjectName;
  readonly over?: WindowSpecification;
}

// --- predicates (three-valued) ---

export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';
export type Predicate =
  | {
      readonly kind: 'comparison';
      readonly line: number;
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'quantified';
      readonly line: number;
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly quantifier: 'ANY' | 'ALL';
      readonly query: Query;
    }
  | { readonly kind: 'and' | 'or'; readonly line: number; readonly left: Predicate; readonly right: Predicate }
  | { readonly kind: 'not'; readonly line: number; readonly operand: Predicate }
  | { readonly kind: 'is-null'; readonly line: number; readonly operand: Expression; readonly negated: boolean }
  | {
      readonly kind: 'is-distinct';
      readonly line: number;
      readonly left: Expression;
      readonly right: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'between';
      readonly line: number;
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'like';
      readonly line: number;
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in-list';
      readonly line: number;
      readonly operand: Expression;
      readonly items: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in-query';
      readonly line: number;
      readonly operand: Expression;
      readonly query: Query;
      readonly negated: boolean;
    }
  | { readonly kind: 'exists'; readonly line: number; readonly query: Query };

/** UPDATE(column) in triggers is refused by the parser. */ export type PredicateKind = Predicate['kind'];

// --- queries ---

export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
}
export interface WindowSpecification extends Node {
  /** `OVER (w ORDER BY …)`: builds on a named window. */
  readonly base?: string;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame?: WindowFrame;
}
export interface WindowFrame {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end: FrameBound;
}
export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: number };

export interface CommonTableExpression extends Node {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
}

/** A query expression with what may stand around it. */
export interface Query extends Node {
  readonly ctes: readonly CommonTableExpression[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
  readonly for?: ForClause;
  readonly options: QueryOptions;
}
export type QueryBody =
  Select | SetOperation | Values | { readonly kind: 'nested'; readonly line: number; readonly query: Query };
export interface SetOperation extends Node {
  readonly kind: 'set-operation';
  readonly operator: 'UNION' | 'EXCEPT' | 'INTERSECT';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}
/** `VALUES (…), (…)`: in FROM and INSERT. */
export interface Values extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly (Expression | DefaultValue)[])[];
}
export interface DefaultValue extends Node {
  readonly kind: 'default';
}
export interface Select extends Node {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top?: Top;
  readonly items: readonly SelectItem[];
  readonly into?: ObjectName;
  readonly from: readonly TableReference[];
  readonly where?: Predicate;
  readonly groupBy: readonly GroupItem[];
  readonly having?: Predicate;
  readonly windows: readonly { readonly name: string; readonly specification: WindowSpecification }[];
}
export interface Top {
  readonly count: Expression;
  readonly percent: boolean;
  readonly withTies: boolean;
}
export type SelectItem =
  | { readonly kind: 'star'; readonly line: number; readonly qualifier?: readonly string[] }
  | { readonly kind: 'expression'; readonly line: number; readonly expression: Expression; readonly alias?: string }
  /** `SELECT @x = e`, `@x += e` (operator '+'). */
  | {
      readonly kind: 'assignment';
      readonly line: number;
      readonly variable: string;
      readonly operator?: BinaryOperator;
      readonly expression: Expression;
    };
export type GroupItem =
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** Each element is one expression or a parenthesised list. */
  | { readonly kind: 'rollup' | 'cube'; readonly elements: readonly (readonly Expression[])[] }
  /** Each set is a list of items: expressions, or nested ROLLUP and CUBE. `()` is the empty list. */
  | { readonly kind: 'grouping-sets'; readonly sets: readonly (readonly GroupItem[])[] };

export type TableReference = NamedTable | DerivedTable | TableFunctionCall | JoinedTable | Pivot | Unpivot;
export interface NamedTable extends Node {
  readonly kind: 'table';
  /** A table variable has one part with its `@`. */
  readonly name: ObjectName;
  readonly alias?: string;
  /** Upper-case names of WITH (…): already checked to be table hints of T-SQL. */
  readonly hints: readonly string[];
}
export interface DerivedTable extends Node {
  readonly kind: 'derived';
  readonly query: Query;
  readonly alias?: string;
  readonly columns?: readonly string[];
}
export interface TableFunctionCall extends Node {
  readonly kind: 'table-function';
  readonly name: ObjectName;
  readonly arguments: readonly Expression[];
  readonly alias?: string;
  readonly columns?: readonly string[];
  /** OPENJSON … WITH (…). */
  readonly with?: readonly {
    readonly name: string;
    readonly type: TypeName;
    readonly path?: string;
    readonly asJson: boolean;
  }[];
}
export interface JoinedTable extends Node {
  readonly kind: 'join';
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'CROSS APPLY' | 'OUTER APPLY';
  readonly left: TableReference;
  readonly right: TableReference;
  readonly on?: Predicate;
}
export interface Pivot extends Node {
  readonly kind: 'pivot';
  readonly source: TableReference;
  readonly aggregate: FunctionCall;
  readonly column: readonly string[];
  readonly values: readonly string[];
  readonly alias?: string;
}
export interface Unpivot extends Node {
  readonly kind: 'unpivot';
  readonly source: TableReference;
  readonly valueColumn: string;
  readonly nameColumn: string;
  readonly columns: readonly string[];
  readonly alias?: string;
}

export type ForClause =
  | {
      readonly kind: 'json';
      readonly line: number;
      readonly mode: 'PATH' | 'AUTO';
      readonly root?: string;
      readonly includeNullValues: boolean;
      readonly withoutArrayWrapper: boolean;
    }
  /** `rowName` undefined: `row`; '' for PATH(''). `root` '' stands for ROOT without a name: `root`. */
  | {
      readonly kind: 'xml';
      readonly line: number;
      readonly mode: 'RAW' | 'AUTO' | 'PATH';
      readonly rowName?: string;
      readonly root?: string;
      readonly elements: boolean;
      readonly xsinil: boolean;
      readonly type: boolean;
      readonly binaryBase64: boolean;
    };

/** OPTION (…): hints that change no result were checked by name and are only listed. */
export interface QueryOptions {
  readonly maxRecursion?: number;
  readonly hints: readonly string[];
}

// --- statements ---

export type Statement = StatementBody & {
  readonly line: number;
  /** Offsets into the batch's text. */ readonly start: number;
  readonly end: number;
};

export type StatementBody =
  | { readonly kind: 'select'; readonly query: Query }
  | Insert
  | Update
  | Delete
  | Merge
  | { readonly kind: 'truncate'; readonly table: ObjectName }
  | { readonly kind: 'declare'; readonly variables: readonly VariableDeclaration[] }
  | {
      readonly kind: 'set-variable';
      readonly variable: string;
      readonly operator?: BinaryOperator;
      readonly value: Expression;
    }
  | SetOption
  | { readonly kind: 'if'; readonly condition: Predicate; readonly then: Statement; readonly otherwise?: Statement }
  | { readonly kind: 'while'; readonly condition: Predicate; readonly body: Statement }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'try'; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'return'; readonly value?: Expression }
  | { readonly kind: 'print'; readonly value: Expression }
  | {
      readonly kind: 'raiserror';
      readonly message: Expression;
      readonly severity: Expression;
      readonly state: Expression;
      readonly arguments: readonly Expression[];
      readonly options: readonly ('LOG' | 'NOWAIT' | 'SETERROR')[];
    }
  | { readonly kind: 'throw'; readonly number?: Expression; readonly message?: Expression; readonly state?: Expression }
  | { readonly kind: 'waitfor'; readonly mode: 'DELAY' | 'TIME'; readonly value: Expression }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'begin-transaction'; readonly name?: string }
  | { readonly kind: 'commit' | 'rollback'; readonly name?: string }
  | { readonly kind: 'save-transaction'; readonly name: string }
  | Execute
  | Definition
  | Permission;

/** The target of DML: a table, view, alias of FROM, table variable (`@t`) or CTE. */
export interface Target {
  readonly name: ObjectName;
  readonly hints: readonly string[];
}
export interface OutputClause extends Node {
  readonly items: readonly SelectItem[];
  readonly into?: { readonly target: ObjectName; readonly columns?: readonly string[] };
}
export interface Insert {
  readonly kind: 'insert';
  readonly ctes: readonly CommonTableExpression[];
  readonly top?: Top;
  readonly target: Target;
  readonly columns?: readonly string[];
  readonly output?: OutputClause;
  readonly source:
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'default-values' }
    | { readonly kind: 'execute'; readonly execute: Execute };
}
export type SetClause =
  | {
      readonly kind: 'column';
      readonly line: number;
      readonly column: readonly string[];
      readonly operator?: BinaryOperator;
      readonly value: Expression | DefaultValue;
    }
  /** `@v = e`, and `@v = column = e` with `column`. */
  | {
      readonly kind: 'variable';
      readonly line: number;
      readonly variable: string;
      readonly operator?: BinaryOperator;
      readonly column?: readonly string[];
      readonly value: Expression;
    };
export interface Update {
  readonly kind: 'update';
  readonly ctes: readonly CommonTableExpression[];
  readonly top?: Top;
  readonly target: Target;
  readonly set: readonly SetClause[];
  readonly output?: OutputClause;
  readonly from: readonly TableReference[];
  readonly where?: Predicate;
  readonly options: QueryOptions;
}
export interface Delete {
  readonly kind: 'delete';
  readonly ctes: readonly CommonTableExpression[];
  readonly top?: Top;
  readonly target: Target;
  readonly output?: OutputClause;
  readonly from: readonly TableReference[];
  readonly where?: Predicate;
  readonly options: QueryOptions;
}
export interface Merge {
  readonly kind: 'merge';
  readonly ctes: readonly CommonTableExpression[];
  readonly top?: Top;
  readonly target: Target;
  readonly alias?: string;
  readonly source: TableReference;
  readonly on: Predicate;
  readonly clauses: readonly MergeClause[];
  readonly output?: OutputClause;
}
export interface MergeClause extends Node {
  readonly match: 'matched' | 'not-matched-by-target' | 'not-matched-by-source';
  readonly condition?: Predicate;
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly SetClause[] }
    | { readonly kind: 'delete' }
    | {
        readonly kind: 'insert';
        readonly columns?: readonly string[];
        readonly values: readonly (Expression | DefaultValue)[] | 'default-values';
      };
}

export type VariableDeclaration =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly name: string;
      readonly type: TypeName;
      readonly value?: Expression;
    }
  | { readonly kind: 'table'; readonly line: number; readonly name: string; readonly definition: TableDefinition };

/**
 * `names` are upper case, one or several (`SET ANSI_NULLS, ARITHABORT ON`). The interpreter refuses those it does
 * not know.
 */
export type SetOption =
  | { readonly kind: 'set-options'; readonly names: readonly string[]; readonly on: boolean }
  | {
      readonly kind: 'set-value';
      readonly name:
        | 'LOCK_TIMEOUT'
        | 'ROWCOUNT'
        | 'TEXTSIZE'
        | 'DATEFIRST'
        | 'DATEFORMAT'
        | 'LANGUAGE'
        | 'CONTEXT_INFO'
        | 'DEADLOCK_PRIORITY'
        | 'QUERY_GOVERNOR_COST_LIMIT';
      readonly value: Expression | { readonly kind: 'word'; readonly line: number; readonly text: string };
    }
  | {
      readonly kind: 'set-isolation';
      readonly level: 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SNAPSHOT' | 'SERIALIZABLE';
    }
  | { readonly kind: 'set-identity-insert'; readonly table: ObjectName; readonly on: boolean }
  | { readonly kind: 'set-statistics'; readonly what: readonly string[]; readonly on: boolean };

export interface Execute {
  readonly kind: 'execute';
  readonly line: number;
  readonly what:
    | {
        readonly kind: 'procedure';
        readonly name: ObjectName;
        readonly arguments: readonly ExecuteArgument[];
        readonly returnVariable?: string;
      }
    /** EXEC (@sql) or EXEC ('…' + @x). */
    | { readonly kind: 'text'; readonly text: Expression };
}
export interface ExecuteArgument extends Node {
  /** With its `@`; absent when positional. */
  readonly name?: string;
  readonly value: Expression | DefaultValue;
  readonly output: boolean;
}

// --- definitions ---

export type Definition =
  | { readonly kind: 'create-table'; readonly name: ObjectName; readonly definition: TableDefinition }
  | { readonly kind: 'alter-table'; readonly name: ObjectName; readonly action: AlterTableAction }
  | {
      readonly kind: 'create-view';
      readonly replace: ReplaceMode;
      readonly name: ObjectName;
      readonly columns?: readonly string[];
      readonly schemaBinding: boolean;
      readonly checkOption: boolean;
      readonly query: Query;
      readonly text: string;
    }
  | {
      readonly kind: 'create-index';
      readonly name: string;
      readonly table: ObjectName;
      readonly unique: boolean;
      readonly clustered: boolean;
      readonly columns: readonly IndexColumn[];
      readonly include: readonly string[];
      readonly where?: Predicate;
      readonly whereText?: string;
    }
  | { readonly kind: 'create-schema'; readonly name: string; readonly owner?: string }
  | {
      readonly kind: 'create-procedure';
      readonly replace: ReplaceMode;
      readonly name: ObjectName;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
      readonly text: string;
      readonly executeAs?: 'CALLER' | 'OWNER' | 'SELF';
    }
  | CreateFunction
  | {
      readonly kind: 'create-sequence';
      readonly name: ObjectName;
      readonly type?: TypeName;
      readonly start?: bigint;
      readonly increment?: bigint;
      readonly minimum?: bigint;
      readonly maximum?: bigint;
      readonly cycle: boolean;
    }
  | {
      readonly kind: 'create-security-policy';
      readonly name: ObjectName;
      readonly predicates: readonly SecurityPredicate[];
      readonly enabled: boolean;
    }
  | {
      readonly kind: 'alter-security-policy';
      readonly name: ObjectName;
      readonly enabled?: boolean;
      readonly add: readonly SecurityPredicate[];
      readonly drop: readonly { readonly type: 'FILTER' | 'BLOCK'; readonly table: ObjectName }[];
    }
  | {
      readonly kind: 'create-login';
      readonly name: string;
      readonly password: string;
      readonly defaultDatabase?: string;
    }
  | { readonly kind: 'alter-login'; readonly name: string; readonly password?: string; readonly enabled?: boolean }
  | {
      readonly kind: 'create-user';
      readonly name: string;
      readonly login?: string;
      readonly withoutLogin: boolean;
      readonly defaultSchema?: string;
    }
  | { readonly kind: 'create-role'; readonly name: string; readonly owner?: string }
  | {
      readonly kind: 'alter-role';
      readonly name: string;
      readonly server: boolean;
      readonly change: 'ADD' | 'DROP';
      readonly member: string;
    }
  | {
      readonly kind: 'drop';
      readonly what: DropKind;
      readonly ifExists: boolean;
      readonly names: readonly ObjectName[];
    }
  | { readonly kind: 'drop-index'; readonly ifExists: boolean; readonly name: string; readonly table: ObjectName };

export type DropKind =
  'TABLE' | 'VIEW' | 'SCHEMA' | 'PROCEDURE' | 'FUNCTION' | 'SEQUENCE' | 'SECURITY POLICY' | 'LOGIN' | 'USER' | 'ROLE';
/** CREATE, CREATE OR ALTER, ALTER. */
export type ReplaceMode = 'create' | 'create-or-alter' | 'alter';

export interface TableDefinition extends Node {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly {
    readonly name: string;
    readonly unique: boolean;
    readonly clustered: boolean;
    readonly columns: readonly IndexColumn[];
    readonly include: readonly string[];
  }[];
}
export interface ColumnDefinition extends Node {
  readonly name: string;
  /** Absent for a computed column. */
  readonly type?: TypeName;
  readonly computed?: { readonly expression: Expression; readonly text: string; readonly persisted: boolean };
  /** Undefined when neither NULL nor NOT NULL was said. */
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: { readonly name?: string; readonly expression: Expression; readonly text: string };
  readonly collation?: string;
  readonly rowGuid: boolean;
  readonly sparse: boolean;
}
export type ReferentialAction = 'NO_ACTION' | 'CASCADE' | 'SET_NULL' | 'SET_DEFAULT';
export type TableConstraint =
  | {
      readonly kind: 'primary-key' | 'unique';
      readonly line: number;
      readonly name?: string;
      readonly clustered?: boolean;
      readonly columns: readonly IndexColumn[];
    }
  | {
      readonly kind: 'foreign-key';
      readonly line: number;
      readonly name?: string;
      readonly columns: readonly string[];
      readonly references: ObjectName;
      readonly referencedColumns?: readonly string[];
      readonly onDelete: ReferentialAction;
      readonly onUpdate: ReferentialAction;
    }
  | {
      readonly kind: 'check';
      readonly line: number;
      readonly name?: string;
      /** When written with a column. */ readonly column?: string;
      readonly predicate: Predicate;
      readonly text: string;
    }
  /** ALTER TABLE … ADD DEFAULT e FOR c. */
  | {
      readonly kind: 'default';
      readonly line: number;
      readonly name?: string;
      readonly column: string;
      readonly expression: Expression;
      readonly text: string;
    };
export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}
export type AlterTableAction =
  | {
      readonly kind: 'add';
      readonly definition: TableDefinition;
      /** WITH NOCHECK. */ readonly noCheck: boolean;
      readonly withValues: boolean;
    }
  | { readonly kind: 'drop-columns'; readonly ifExists: boolean; readonly names: readonly string[] }
  | { readonly kind: 'drop-constraints'; readonly ifExists: boolean; readonly names: readonly string[] }
  | {
      readonly kind: 'alter-column';
      readonly name: string;
      readonly type: TypeName;
      readonly nullable?: boolean;
      readonly collation?: string;
    }
  /** CHECK | NOCHECK CONSTRAINT ALL | names. */
  | { readonly kind: 'check-constraints'; readonly enabled: boolean; readonly names: readonly string[] | 'ALL' };

export interface Parameter extends Node {
  readonly name: string;
  readonly type: TypeName;
  readonly default?: Expression;
  readonly output: boolean;
  readonly readOnly: boolean;
}
export interface CreateFunction {
  readonly kind: 'create-function';
  readonly replace: ReplaceMode;
  readonly name: ObjectName;
  readonly parameters: readonly Parameter[];
  readonly schemaBinding: boolean;
  readonly nullOnNullInput: boolean;
  readonly result:
    | { readonly kind: 'scalar'; readonly type: TypeName; readonly body: readonly Statement[] }
    | { readonly kind: 'inline'; readonly query: Query }
    | {
        readonly kind: 'table';
        readonly variable: string;
        readonly definition: TableDefinition;
        readonly body: readonly Statement[];
      };
  readonly text: string;
}
export interface SecurityPredicate extends Node {
  readonly type: 'FILTER' | 'BLOCK';
  readonly function: ObjectName;
  readonly arguments: readonly Expression[];
  readonly table: ObjectName;
  readonly operation?: 'AFTER INSERT' | 'AFTER UPDATE' | 'BEFORE UPDATE' | 'BEFORE DELETE';
}

export interface Permission {
  readonly kind: 'permission';
  readonly verb: 'GRANT' | 'DENY' | 'REVOKE';
  /** Upper case, e.g. `SELECT`, `VIEW DEFINITION`; `ALL`. Column lists in parentheses. */
  readonly permissions: readonly { readonly name: string; readonly columns?: readonly string[] }[];
  /** Absent: the database. */
  readonly securable?: {
    readonly class: 'OBJECT' | 'SCHEMA' | 'DATABASE' | 'SERVER' | 'TYPE';
    readonly name: ObjectName;
  };
  readonly principals: readonly string[];
  readonly grantOption: boolean;
  readonly cascade: boolean;
}
