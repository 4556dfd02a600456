import type { SqlType, Value } from '../engine/sql-type.ts';
import type * as ast from '../parser/ast.ts';

/*
 * The interface of the storage to the query executor and the catalog. Names keep the case of their creation; look-ups
 * by name ignore case.
 */

export interface StoredRow {
  /** An update does not change it. */
  readonly id: number;
  /** One per column, by ordinal. Never changed in place: an update makes a new StoredRow. */
  readonly values: readonly Value[];
}

export interface IdentityDefinition {
  readonly seed: bigint;
  readonly increment: bigint;
  /** The last assigned value, null before the first. */
  last: bigint | null;
}

export interface DefaultDefinition {
  readonly objectId: number;
  readonly name: string;
  readonly systemNamed: boolean;
  /** As sys.default_constraints shows it, in parentheses. */
  readonly definition: string;
  readonly expression: ast.Expression;
}

export interface ComputedDefinition {
  readonly definition: string;
  readonly expression: ast.Expression;
  readonly persisted: boolean;
}

export interface ColumnDefinition {
  readonly name: string;
  /** sys.columns.column_id: 1-based, not used again after DROP COLUMN. */
  readonly columnId: number;
  readonly type: SqlType;
  /** An alias type's name (sysname …), when it was declared with one. */
  readonly userTypeName?: string;
  readonly nullable: boolean;
  readonly identity?: IdentityDefinition;
  readonly default?: DefaultDefinition;
  readonly computed?: ComputedDefinition;
  readonly rowGuidCol?: boolean;
}

export interface IndexColumn {
  /** Position in `StoredTable.columns`. */
  readonly ordinal: number;
  readonly descending: boolean;
}

export interface IndexDefinition {
  /** sys.indexes.index_id: 1 is the clustered one, 0 stands for a heap and is not in `indexes`. */
  readonly indexId: number;
  readonly name: string;
  readonly clustered: boolean;
  readonly unique: boolean;
  readonly key: readonly IndexColumn[];
  readonly included: readonly number[];
  /** `seek` never uses a filtered index. */
  readonly filter?: { readonly definition: string; readonly predicate: ast.Predicate };
  /** The PRIMARY KEY or UNIQUE constraint that it serves. */
  readonly constraint?: 'PRIMARY KEY' | 'UNIQUE';
  readonly constraintObjectId?: number;
  readonly systemNamed?: boolean;
  readonly disabled: boolean;
  readonly ignoreDuplicateKey: boolean;
  readonly fillFactor: number;
}

export interface CheckConstraint {
  readonly kind: 'check';
  readonly objectId: number;
  readonly name: string;
  readonly systemNamed: boolean;
  readonly definition: string;
  readonly predicate: ast.Predicate;
  /** The ordinal of the column that declares it, undefined for a table constraint. */
  readonly column?: number;
  readonly disabled: boolean;
  readonly notTrusted: boolean;
}

export type ReferentialAction = 'NO_ACTION' | 'CASCADE' | 'SET_NULL' | 'SET_DEFAULT';

export interface ForeignKeyConstraint {
  readonly kind: 'foreign key';
  readonly objectId: number;
  readonly name: string;
  readonly systemNamed: boolean;
  readonly columns: readonly number[];
  readonly referencedTable: StoredTable;
  readonly referencedColumns: readonly number[];
  /** index_id of the key referred to. */
  readonly referencedIndexId: number;
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly disabled: boolean;
  readonly notTrusted: boolean;
}

export interface SchemaObject {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  /** 100 ns ticks since 0001-01-01, like datetime2. */
  readonly created: bigint;
  readonly modified: bigint;
  /** A module whose text nobody sees. */
  readonly encrypted?: true;
}

export interface StoredTable extends SchemaObject {
  readonly kind: 'table';
  /** Tables with 'variable' and 'temporary' do not belong to the schemas of the database. */
  readonly lifetime: 'permanent' | 'temporary' | 'variable' | 'type';
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckConstraint[];
  readonly foreignKeys: readonly ForeignKeyConstraint[];
  readonly rowCount: number;
  /** column_id of the columns of its full-text index. */
  readonly fullTextColumns: ReadonlySet<number>;
  /** Ordinal of a column by name, -1 when there is none. */
  ordinalOf(name: string): number;
  /**
   * All rows as they were when the scan began (later writes are not seen), in the order of the clustered key, else
   * in the order of insertion. It may throw RowLocked, which the session catches: it waits and runs the statement again.
   */
  scan(): Iterable<StoredRow>;
  /** The rows whose whole key (in the order of index.key) equals the values; NULLs equal NULLs here. */
  seek(index: IndexDefinition, key: readonly Value[]): Iterable<StoredRow>;
  /** The row with an id, if it still exists. */
  row(id: number): StoredRow | undefined;
}

export interface ViewDefinition extends SchemaObject {
  readonly kind: 'view';
  readonly definition: string;
  readonly query: ast.Query;
  readonly columnNames?: readonly string[];
  readonly schemaBound: boolean;
  readonly checkOption: boolean;
  /** The columns at the time of creation or refresh. */
  readonly columns: readonly { readonly name: string; readonly type: SqlType; readonly nullable: boolean }[];
}

export interface ModuleParameter {
  /** With its @. */
  readonly name: string;
  readonly type: SqlType;
  readonly output: boolean;
  readonly readOnly: boolean;
  /** Name of its table type, schema-qualified. */
  readonly tableType?: string;
  /** A constant, as T-SQL requires. */
  readonly hasDefault: boolean;
  readonly default: Value;
}

export interface ProcedureDefinition extends SchemaObject {
  readonly kind: 'procedure';
  readonly definition: string;
  /** principal_id of WITH EXECUTE AS; absent for CALLER. */
  readonly executeAs?: number;
  readonly parameters: readonly ModuleParameter[];
  readonly body: readonly ast.Statement[];
}

export interface FunctionDefinition extends SchemaObject {
  readonly kind: 'scalar function' | 'inline function' | 'table function';
  readonly definition: string;
  readonly parameters: readonly ModuleParameter[];
  readonly schemaBound: boolean;
  /** Set for scalar functions. */
  readonly returns?: SqlType;
  /** Set for inline functions. */
  readonly query?: ast.Query;
  /** Set for both kinds of table-valued functions. */
  readonly columns?: readonly { readonly name: string; readonly type: SqlType; readonly nullable: boolean }[];
  readonly body?: readonly ast.Statement[];
  /** The table variable that a multi-statement function returns. */
  readonly resultVariable?: string;
  readonly resultTable?: ast.TableBody;
}

export interface SequenceDefinition extends SchemaObject {
  readonly kind: 'sequence';
  readonly type: SqlType;
  readonly start: bigint;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cycle: boolean;
  readonly cacheSize: number | null;
  /** The last assigned value; `start` before the first. */
  readonly current: bigint;
  readonly used: boolean;
}

export interface SynonymDefinition extends SchemaObject {
  readonly kind: 'synonym';
  readonly target: readonly string[];
}

/** CREATE TYPE … FROM (alias) or AS TABLE. */
export interface TypeDefinition extends SchemaObject {
  readonly kind: 'type';
  readonly userTypeId: number;
  readonly base?: SqlType;
  readonly nullable: boolean;
  /** The empty model of a table type. */
  readonly table?: StoredTable;
}

export interface SecurityPredicate {
  readonly predicateId: number;
  readonly type: 'FILTER' | 'BLOCK';
  /** AFTER INSERT …; absent means all of them. */
  readonly operation?: 'AFTER INSERT' | 'AFTER UPDATE' | 'BEFORE UPDATE' | 'BEFORE DELETE';
  /** The arguments of the predicate function, as syntax over the table's columns. */
  readonly definition: string;
  readonly functionName: readonly string[];
  readonly args: readonly ast.Expression[];
  readonly table: StoredTable;
}

export interface SecurityPolicyDefinition extends SchemaObject {
  readonly kind: 'security policy';
  readonly enabled: boolean;
  readonly schemaBound: boolean;
  readonly predicates: readonly SecurityPredicate[];
}

export type DatabaseObject =
  | StoredTable
  | ViewDefinition
  | ProcedureDefinition
  | FunctionDefinition
  | SequenceDefinition
  | SynonymDefinition
  | TypeDefinition
  | SecurityPolicyDefinition;

export interface SchemaDefinition {
  readonly schemaId: number;
  readonly name: string;
  readonly principalId: number;
}

export interface DatabasePrincipal {
  readonly principalId: number;
  readonly name: string;
  /** S SQL user, R database role. */
  readonly type: 'S' | 'R';
  readonly fixedRole: boolean;
  readonly defaultSchema: string | null;
  /** The login of the user; null for roles and users without login. */
  readonly login: string | null;
  readonly created: bigint;
  /** principal_id of the roles it is a direct member of. */
  readonly memberOf: ReadonlySet<number>;
}

export interface PermissionEntry {
  readonly principalId: number;
  readonly permission: string;
  readonly state: 'GRANT' | 'DENY' | 'GRANT_WITH_GRANT_OPTION';
  /** database: majorId 0; schema: schema_id; object: object_id; type: user_type_id. */
  readonly scope: 'DATABASE' | 'SCHEMA' | 'OBJECT' | 'TYPE';
  readonly majorId: number;
  /** column_id of a column permission, else 0. */
  readonly minorId: number;
}

export interface ExtendedProperty {
  /** sys.extended_properties.class: 0 database, 1 object or column, 2 parameter, 3 schema, 6 type, 7 index. */
  readonly class: number;
  readonly majorId: number;
  readonly minorId: number;
  readonly name: string;
  readonly value: Value;
  readonly valueType: SqlType;
}

/** Statistics that somebody created; those of indexes are not among them. */
export interface StatisticsDefinition {
  /** Never the id of an index. */
  readonly statsId: number;
  readonly name: string;
  /** column_id of its columns; the first has the histogram. */
  readonly columnIds: readonly number[];
  readonly updated: bigint;
}

export interface StatisticsCatalog {
  of(objectId: number): readonly StatisticsDefinition[];
  /** The row count that UPDATE STATISTICS … WITH ROWCOUNT set. */
  rowCount(objectId: number): number | undefined;
}

/** A query that Query Store or the plan cache remembers. */
export interface StoredQuery {
  readonly id: number;
  readonly text: string;
  /** Where its statement stands in the text. */
  readonly start: number;
  readonly end: number;
  readonly executions: number;
  /** Of all executions, in microseconds. */
  readonly duration: number;
  readonly longest: number;
  readonly rows: number;
  readonly plan: string;
  readonly first: bigint;
  readonly last: bigint;
}

/** One database as the catalog reads it. */
export interface DatabaseCatalog {
  readonly databaseId: number;
  readonly name: string;
  readonly created: bigint;
  readonly readCommittedSnapshot: boolean;
  readonly statistics: StatisticsCatalog;
  readonly queryStore: { readonly enabled: boolean; readonly queries: Iterable<StoredQuery> };
  readonly planCache: { readonly queries: Iterable<StoredQuery> };
  readonly schemas: Iterable<SchemaDefinition>;
  schema(name: string): SchemaDefinition | undefined;
  /** Permanent objects of all kinds. */
  readonly objects: Iterable<DatabaseObject>;
  readonly objectCount: number;
  objectByName(schema: string, name: string): DatabaseObject | undefined;
  objectById(objectId: number): DatabaseObject | undefined;
  type(schema: string, name: string): TypeDefinition | undefined;
  readonly types: Iterable<TypeDefinition>;
  readonly principals: Iterable<DatabasePrincipal>;
  readonly permissions: Iterable<PermissionEntry>;
  readonly extendedProperties: Iterable<ExtendedProperty>;
  /** The extended properties of an object, a schema or, with 0, the database. */
  propertiesOf(majorId: number): readonly ExtendedProperty[];
  /** The table that a constraint belongs to. */
  constraintTable(constraintId: number): StoredTable | undefined;
  constraintTableByName(schema: string, name: string): StoredTable | undefined;
  /** The tables that have, or have had, a foreign key to a table. */
  referencingTables(objectId: number): Iterable<StoredTable>;
}

export interface LoginDefinition {
  readonly principalId: number;
  readonly name: string;
  readonly disabled: boolean;
  readonly sysadmin: boolean;
  readonly defaultDatabase: string;
  readonly created: bigint;
}

/** One row of sys.dm_exec_sessions and sys.dm_exec_requests. */
export interface SessionInformation {
  readonly spid: number;
  readonly login: string;
  readonly host: string;
  readonly application: string;
  readonly loginTime: bigint;
  readonly database: DatabaseCatalog;
  readonly status: 'running' | 'sleeping' | 'suspended';
  readonly openTransactions: number;
  readonly isolationLevel: number;
  readonly request?: {
    readonly started: bigint;
    readonly command: string;
    readonly text: string;
    readonly blockedBy: number;
  };
}

/** The whole server as the catalog reads it. */
export interface ServerCatalog {
  readonly name: string;
  readonly started: bigint;
  readonly databases: Iterable<DatabaseCatalog>;
  database(name: string): DatabaseCatalog | undefined;
  readonly logins: Iterable<LoginDefinition>;
  readonly sessions: Iterable<SessionInformation>;
}
