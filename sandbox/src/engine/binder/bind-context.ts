import type * as ast from '../../parser/ast.ts';
import type { IndexDefinition, StoredRow, StoredTable } from '../../storage/table.ts';
import type { BoundExpression } from '../contracts.ts';
import type { FunctionContext } from '../functions/context.ts';
import type { SqlType, Value } from '../sql-type.ts';

/** A column of a source that a FROM clause can name. */
export interface SourceColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  readonly computed?: boolean;
}

/** A base table, temporary table or table variable. */
export interface ResolvedTable {
  readonly kind: 'table';
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly table: StoredTable;
}

/** A view: its query is bound in `context`, which hides the caller's variables and skips permissions (ownership chain). */
export interface ResolvedView {
  readonly kind: 'view';
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  /** The column names of CREATE VIEW v (a, b), if it has any. */
  readonly columnNames?: readonly string[];
  readonly query: ast.Query;
  readonly context: BindContext;
}

/** A catalog view (sys.*, INFORMATION_SCHEMA.*): rows are made when it is read. */
export interface ResolvedVirtualTable {
  readonly kind: 'virtual';
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly SourceColumn[];
  readonly lookup?: RowLookup;
  rows(): Iterable<readonly Value[]>;
}

type LookupIndex = Pick<IndexDefinition, 'key' | 'unique' | 'filter' | 'disabled'>;

/** A table whose rows can be found by the key of an index. */
export interface RowLookup<Index extends LookupIndex = LookupIndex> {
  readonly indexes: readonly Index[];
  readonly rowCount: number;
  /** The rows whose whole key (in the order of index.key) equals the values. */
  seek(index: Index, key: readonly Value[]): Iterable<readonly Value[]>;
}

export interface ParameterDefinition {
  /** With its @. */
  readonly name: string;
  readonly type: SqlType;
  readonly default?: Value;
  readonly hasDefault?: boolean;
}

/** An inline table-valued function: a view with parameters. `context` resolves the rest of its names. */
export interface ResolvedInlineFunction {
  readonly kind: 'inline-function';
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly query: ast.Query;
  readonly context: BindContext;
}

/** A table-valued function that runs as a whole: a multi-statement function or one of the catalog. */
export interface ResolvedTableFunction {
  readonly kind: 'table-function';
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly columns: readonly SourceColumn[];
  rows(args: readonly Value[]): Iterable<readonly Value[]>;
}

export type ResolvedSource = ResolvedTable | ResolvedView | ResolvedVirtualTable;
export type ResolvedFunctionSource = ResolvedInlineFunction | ResolvedTableFunction;

export interface ScalarFunction {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly returns: SqlType;
  call(args: readonly Value[]): Value;
}

export interface VariableBinding {
  readonly type: SqlType;
  get(): Value;
}

export interface SequenceBinding {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  readonly type: SqlType;
  /** All references within one row get the same number. */
  next(row: readonly Value[]): Value;
}

export type ObjectPermission = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'EXECUTE' | 'REFERENCES';

/** The object that a permission or a lock belongs to. */
export interface SecuredObject {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
}

/** A base table that a statement reads: the session takes its locks from these before the statement runs. */
export interface TableRead {
  readonly table: StoredTable;
  /** Table hints in upper case (NOLOCK, HOLDLOCK, UPDLOCK …). */
  readonly hints: readonly string[];
}

export interface RowFilter {
  readonly functionName: readonly string[];
  readonly args: readonly ast.Expression[];
  readonly context: BindContext;
}

/**
 * How the binder reaches the session and the catalog. Names come as parts, without quotes, last part the
 * object's: ['sales', 'Orders'], ['db', 'dbo', 't'], ['#t'], ['@t'].
 */
export interface BindContext {
  /** Undefined when there is no such object (the binder raises 208); throws for a foreign database or server. */
  resolveSource(name: readonly string[]): ResolvedSource | undefined;
  /** A user-defined or catalog table-valued function; the built-in ones (OPENJSON …) are the binder's. */
  resolveTableFunction(name: readonly string[]): ResolvedFunctionSource | undefined;
  resolveScalarFunction(name: readonly string[]): ScalarFunction | undefined;
  resolveSequence(name: readonly string[]): SequenceBinding | undefined;
  /** A local variable by name with its @, any case. */
  variable(name: string): VariableBinding | undefined;
  /** @@ROWCOUNT and similar names; undefined for an unknown one. Without this method FunctionContext answers. */
  globalVariable?(name: string): BoundExpression | undefined;
  /** A type named in the batch (CAST, OPENJSON WITH …): built-in and user-defined alias types. */
  resolveType(type: ast.TypeName): SqlType;
  readonly functions: FunctionContext;
  /** Throws SqlError 229 or 230 when the session lacks the permission. */
  checkPermission(permission: ObjectPermission, object: SecuredObject): void;
  /**
   * Row-level security: the filter predicates of this table for this session, undefined when there is none. A row
   * is seen when the inline function, called with these arguments over the table's columns, gives a row. Names are
   * resolved in `context` (the policy's owner: no permission checks).
   */
  rowFilters?(table: StoredTable): readonly RowFilter[] | undefined;
  /** The collation that literals and variables have; absent means the default. */
  readonly collation?: string;
}

export type { IndexDefinition, StoredRow, StoredTable };
