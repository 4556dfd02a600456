import { AppError } from '../../common/app-error.js';
import { CatalogService } from '../../database/catalog/catalog.service.js';
import type { ColumnDescription, TableDescription } from '../../database/catalog/catalog.types.js';
import { parseObjectName } from '../../database/object-name.js';
import type { Tenant } from '../../tenancy/tenant.js';

export interface Table {
  /** Absent for the tenant's own database, the only one that definitions are about. */
  readonly database?: string | undefined;
  readonly schema: string;
  readonly name: string;
}

/** A table as the catalogue has it. */
export interface ModelTable extends Table {
  readonly columns: readonly ColumnDescription[];
  /** The lists of columns whose values are unique: keys and unique indexes without a filter. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Foreign keys to other tables, by name. */
  readonly foreignKeys: readonly ForeignKey[];
}

export interface ForeignKey {
  readonly name: string;
  readonly to: Table;
  readonly pairs: readonly { readonly from: string; readonly to: string }[];
}

/** More tables than a knowledge file can sensibly use. */
const MAX_TABLES = 1_000;

export function keyOf({ schema, name }: Table): string {
  return `${schema}.${name}`.toLowerCase();
}

/** Reads `sales.Orders`, which the file's rules have checked. */
export function tableOf(written: string): Table {
  const { schema = '', name } = parseObjectName(written);
  return { schema, name };
}

/** The tables that definitions use, read from the catalogue once for each proof. It sees what the server's login sees. */
export class SchemaModel {
  private readonly tables = new Map<string, Promise<ModelTable | undefined>>();

  constructor(
    private readonly catalog: CatalogService,
    private readonly tenant: Tenant,
    private readonly signal: AbortSignal,
  ) {}

  /** Undefined for a table that doesn't exist. Throws AppError when the catalogue can't be read. */
  table(table: Table): Promise<ModelTable | undefined> {
    const key = keyOf(table);
    let found = this.tables.get(key);
    if (found === undefined) {
      if (this.tables.size >= MAX_TABLES)
        throw new AppError('RESULT_TOO_LARGE', `The definitions use more than ${MAX_TABLES} tables.`);
      this.tables.set(key, (found = this.read(table)));
    }
    return found;
  }

  /** How texts of a column are compared; undefined where it is not known. */
  collation(table: Table, column: ColumnDescription): Promise<string | undefined> {
    return this.catalog.collation(this.tenant, table, column.name, { signal: this.signal, subject: 'knowledge' });
  }

  private async read(table: Table): Promise<ModelTable | undefined> {
    try {
      const options = { signal: this.signal, subject: 'knowledge' };
      return modelOf(await this.catalog.table(this.tenant, table, options));
    } catch (error) {
      if (error instanceof AppError && (error.code === 'UNKNOWN_TABLE' || error.code === 'AMBIGUOUS_TABLE'))
        return undefined;
      throw error;
    }
  }
}

function modelOf(description: TableDescription): ModelTable {
  const { schema, table: name, columns, primary_keys: primary, unique_constraints: constraints, indexes } = description;
  const unique = indexes.filter(index => index.unique && index.filter === undefined);
  const keys = new Map<string, { to: Table; pairs: { from: string; to: string }[] }>();
  for (const { name: key, column, references } of description.foreign_keys) {
    const known = keys.get(key) ?? { to: { schema: references.schema, name: references.table }, pairs: [] };
    known.pairs.push({ from: column, to: references.column });
    keys.set(key, known);
  }
  return {
    schema,
    name,
    columns,
    uniqueKeys: [primary, ...constraints.map(each => each.columns), ...unique.map(each => each.columns)].filter(
      key => key.length > 0,
    ),
    foreignKeys: [...keys].map(([key, value]) => ({ name: key, ...value })),
  };
}

export function columnNamed(table: ModelTable, name: string): ColumnDescription | undefined {
  const wanted = name.toLowerCase();
  return (
    table.columns.find(column => column.name === name) ??
    table.columns.find(column => column.name.toLowerCase() === wanted)
  );
}

/** Whether no two rows have the same values in these columns, as the database itself guarantees it. */
export function isUnique({ uniqueKeys }: ModelTable, columns: readonly string[]): boolean {
  const given = new Set(columns.map(column => column.toLowerCase()));
  return uniqueKeys.some(key => key.every(column => given.has(column.toLowerCase())));
}
