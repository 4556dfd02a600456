export type ObjectKind = 'table' | 'view' | 'procedure' | 'function';

/** A table, view, procedure or function. Its columns are `model.columnsOf(at)`, where `at` is its position. */
export interface SchemaObject {
  /** object_id; 0 where only INFORMATION_SCHEMA is available. */
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: ObjectKind;
  /** What it is exactly, where that is not its kind: `synonym`, `external`. */
  readonly type?: string;
  readonly rowCount?: number;
  readonly description?: string;
  readonly parameters?: readonly string[];
}

/** A column; `at` is its position among the columns of all objects. */
export interface SchemaColumn {
  readonly at: number;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Its values are masked or encrypted by the database. */
  readonly masked: boolean;
  readonly description: string | undefined;
}

/** Rows of `from` to rows of `to`. */
export type Cardinality = '1:1' | 'n:1' | '1:n' | 'n:n';

export type JoinSource = 'foreign_key' | 'declared' | 'used';

/** Columns of one object that refer to columns of another. Positions are those of `objects` and of all columns. */
export interface SchemaLink {
  readonly from: number;
  readonly fromColumns: readonly number[];
  readonly to: number;
  readonly toColumns: readonly number[];
  readonly source: JoinSource;
  readonly role?: string;
  /** The cardinality that a declared join states. */
  readonly cardinality?: Cardinality;
  /** How often queries used the join. */
  readonly uses?: number;
}

/** The columns of a unique key, as positions among all columns, and whether it is the primary key. */
export interface SchemaKey {
  readonly columns: readonly number[];
  readonly primary: boolean;
}

/** The columns of all objects in parallel arrays: a large schema has some 200,000 of them. */
export interface ColumnArrays {
  /** column_id */
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly nullable: readonly boolean[];
  readonly masked: ReadonlySet<number>;
  readonly descriptions: ReadonlyMap<number, string>;
  /** Where the columns of each object begin; one entry more than objects. */
  readonly starts: Int32Array;
}

/** The schema of one database as its catalogue had it. */
export class SchemaModel {
  private readonly byId: ReadonlyMap<number, number>;
  private readonly byName: ReadonlyMap<string, number>;
  /** The object of a name without a schema; undefined where several have it. */
  private bareNames: Map<string, number | undefined> | undefined;

  constructor(
    readonly objects: readonly SchemaObject[],
    readonly columns: ColumnArrays,
    readonly keys: ReadonlyMap<number, readonly SchemaKey[]>,
    readonly foreignKeys: readonly SchemaLink[],
    /** The catalogue has more than the server reads. */
    readonly cut: boolean,
  ) {
    this.byId = new Map(objects.map(({ id }, at) => [id, at]));
    this.byName = new Map(objects.map((object, at) => [nameKey(object.schema, object.name), at]));
  }

  find(schema: string, name: string): number | undefined {
    return this.byName.get(nameKey(schema, name));
  }

  /** The object of a name without a schema: that of dbo, or the only one. */
  findBare(name: string): number | undefined {
    if (this.bareNames === undefined) {
      this.bareNames = new Map();
      for (const [at, object] of this.objects.entries()) {
        const key = object.name.toLowerCase();
        this.bareNames.set(key, this.bareNames.has(key) ? undefined : at);
      }
    }
    return this.find('dbo', name) ?? this.bareNames.get(name.toLowerCase());
  }

  /** The positions of a column and its object by object_id and column_id. */
  findIds(objectId: number, columnId: number): { readonly object: number; readonly column: number } | undefined {
    const object = this.byId.get(objectId);
    if (object === undefined) return undefined;
    const [from, to] = this.columnRange(object);
    for (let column = from; column < to; column++) if (this.columns.ids[column] === columnId) return { object, column };
    return undefined;
  }

  columnRange(object: number): readonly [from: number, to: number] {
    return [this.columns.starts[object] ?? 0, this.columns.starts[object + 1] ?? 0];
  }

  columnsOf(object: number): readonly SchemaColumn[] {
    const [from, to] = this.columnRange(object);
    return Array.from({ length: to - from }, (_, i) => this.column(from + i));
  }

  column(at: number): SchemaColumn {
    const { names, types, nullable, masked, descriptions } = this.columns;
    return {
      at,
      name: names[at] ?? '',
      type: types[at] ?? '',
      nullable: nullable[at] ?? true,
      masked: masked.has(at),
      description: descriptions.get(at),
    };
  }

  /** The position of a column by its name, whose case is ignored. */
  findColumn(object: number, name: string): number | undefined {
    const wanted = name.toLowerCase();
    const [from, to] = this.columnRange(object);
    for (let at = from; at < to; at++) if (this.columns.names[at]?.toLowerCase() === wanted) return at;
    return undefined;
  }

  /** Whether these columns of an object hold a whole unique key, so that their values occur at most once. */
  isUnique(object: number, columns: readonly number[]): boolean {
    return (this.keys.get(object) ?? []).some(key => key.columns.every(column => columns.includes(column)));
  }
}

function nameKey(schema: string, name: string): string {
  return `${schema}.${name}`.toLowerCase();
}
