/** A column of a table type. */
export interface TableTypeColumn {
  readonly name: string;
  /** As parameters of statements take it, such as `decimal(10,2)`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface TableType {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TableTypeColumn[];
}

export interface ModuleParameter {
  /** Without the @. */
  readonly name: string;
  /** As parameters of statements take it, such as `decimal(10,2)`; of a table type its quoted name. */
  readonly type: string;
  readonly table?: TableType;
  readonly output: boolean;
  /** Whether it must be given: it has no default, or nobody could read whether it has one. */
  readonly required: boolean;
  /** The default as the text of the module has it. */
  readonly default?: string;
}

/** The state of everything that a module names. */
export interface ModuleVersion {
  /** The names of all of it, also those that mean nothing at the moment. */
  readonly names: readonly string[];
  /** The hash of each object that has one of these names, as `0x…`. */
  readonly hashes: readonly string[];
  /** The hash of everything that these tables may run when they are read, as `0x…`. */
  readonly parts: readonly string[];
  /** Names that are not those of databases. */
  readonly notDatabases: readonly string[];
}

/** A procedure, or a function that returns a table. */
export interface DescribedModule {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'procedure' | 'function';
  readonly parameters: readonly ModuleParameter[];
  /** What was found by reading its text and that of everything it uses; undefined for a module that may change data. */
  readonly reading?: {
    /** Every table, view, procedure and function of it, itself included. */
    readonly objects: readonly { readonly schema: string; readonly name: string }[];
    readonly version: ModuleVersion;
  };
}
