export type TableKind = 'table' | 'view';

export interface TableSummary {
  readonly schema: string;
  readonly name: string;
  readonly type: TableKind;
  /** Approximate, from the partition statistics; absent for views and without the permission. */
  readonly row_count?: number;
  readonly description?: string;
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** The expression of the default. */
  readonly default: string | null;
  /** Characters, or bytes for binary types; -1 means max. */
  readonly max_length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly identity?: boolean;
  /** The expression of a computed column. */
  readonly computed?: string;
  readonly description?: string;
}

export interface ForeignKeyColumn {
  readonly name: string;
  readonly column: string;
  readonly references: { readonly schema: string; readonly table: string; readonly column: string };
}

export interface ReferencingColumn {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly references_column: string;
}

export interface IndexDescription {
  readonly name: string;
  readonly columns: readonly string[];
  readonly included_columns?: readonly string[];
  readonly unique: boolean;
  readonly type: string;
  readonly filter?: string;
}

export interface TableDescription {
  readonly table: string;
  readonly schema: string;
  readonly type: TableKind;
  readonly description?: string;
  readonly columns: readonly ColumnDescription[];
  readonly primary_keys: readonly string[];
  readonly foreign_keys: readonly ForeignKeyColumn[];
  readonly referenced_by: readonly ReferencingColumn[];
  readonly indexes: readonly IndexDescription[];
  readonly unique_constraints: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly check_constraints: readonly { readonly name: string; readonly definition: string }[];
  readonly column_count: number;
  readonly row_count?: number;
}
