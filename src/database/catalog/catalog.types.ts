export type TableKind = 'table' | 'view' | 'synonym' | 'external';

/** What else is known of a table. Names are written as in SQL text, with quotes where they need them. */
export interface TableFacts {
  /** What a synonym stands for; it may be in another database, or not exist. */
  readonly target?: string;
  /** The table whose earlier rows this one has. */
  readonly history_of?: string;
  /** The table that has the earlier rows of this one. */
  readonly history_table?: string;
  /** The table whose changes this one has (change data capture), or that it looks like a copy of. */
  readonly copy_of?: string;
  readonly memory_optimised?: true;
}

export interface TableSummary extends TableFacts {
  /** Absent for the tenant's own database. */
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
  readonly type: TableKind;
  /** Approximate, from the partition statistics; absent where it is not known, as for views. */
  readonly row_count?: number;
  readonly description?: string;
}

export interface TableList {
  readonly tables: readonly TableSummary[];
  /** The catalogue has more rows than the server reads: tables are missing. */
  readonly truncated: boolean;
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

export type ReferentialAction = 'CASCADE' | 'SET NULL' | 'SET DEFAULT';

/** What happens to the referring rows; absent where the database refuses the change (NO ACTION). */
export interface ReferentialActions {
  readonly on_delete?: ReferentialAction;
  readonly on_update?: ReferentialAction;
}

export interface ForeignKeyColumn extends ReferentialActions {
  readonly name: string;
  readonly column: string;
  readonly references: { readonly schema: string; readonly table: string; readonly column: string };
}

export interface ReferencingColumn extends ReferentialActions {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly references_column: string;
}

export interface IndexDescription {
  readonly name: string;
  readonly columns: readonly string[];
  /** Those of `columns` that are in descending order. */
  readonly descending_columns?: readonly string[];
  readonly included_columns?: readonly string[];
  readonly unique: boolean;
  readonly type: string;
  readonly filter?: string;
}

export interface TableDescription extends TableFacts {
  /** Absent for the tenant's own database. */
  readonly database?: string;
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
  /** Says what the description can't tell. */
  readonly message?: string;
}
