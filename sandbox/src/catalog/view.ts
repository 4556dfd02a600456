import type { SourceColumn } from '../engine/binder/bind-context.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';

export interface ColumnSpec {
  readonly type: SqlType;
  readonly nullable: boolean;
}

const column = (type: SqlType): ColumnSpec & { readonly orNull: ColumnSpec } => ({
  type,
  nullable: false,
  orNull: { type, nullable: true },
});

/** The types that catalog columns have (learn.microsoft.com: system catalog views). */
export const c = {
  name: column(t.SYSNAME),
  bit: column(t.BIT),
  tinyint: column(t.TINYINT),
  smallint: column(t.SMALLINT),
  int: column(t.INT),
  bigint: column(t.BIGINT),
  real: column(t.REAL),
  datetime: column(t.DATETIME),
  datetimeoffset: column({ name: 'datetimeoffset', scale: 7 }),
  variant: column(t.SQL_VARIANT),
  guid: column(t.UNIQUEIDENTIFIER),
  text: column(t.NVARCHAR_MAX),
  nvarchar: (length: number) => column(t.nvarchar(length)),
  varchar: (length: number) => column(t.varchar(length)),
  char: (length: number) => column(t.char(length)),
  varbinary: (length: number) => column(t.varbinary(length)),
};

/** A catalog view: its shape, and the rows that a session may see. */
export interface CatalogView {
  readonly schema: 'sys' | 'INFORMATION_SCHEMA';
  readonly name: string;
  readonly columns: readonly SourceColumn[];
  rows(session: CatalogSession): Iterable<readonly Value[]>;
}

type RowOf<C> = { readonly [K in keyof C]?: Value };

/**
 * Declares a view by its columns, in order, and rows that name them; a column that a row leaves out is NULL. The
 * name is `sys.x` or `INFORMATION_SCHEMA.x`.
 */
export function view<C extends Readonly<Record<string, ColumnSpec>>>(
  fullName: string,
  columns: C,
  rows: (session: CatalogSession) => Iterable<RowOf<C>>,
): CatalogView {
  const dot = fullName.indexOf('.');
  const keys = Object.keys(columns);
  return {
    schema: fullName.slice(0, dot) as CatalogView['schema'],
    name: fullName.slice(dot + 1),
    columns: keys.map(name => ({ name, ...(columns[name] as ColumnSpec) })),
    *rows(session) {
      for (const row of rows(session)) yield keys.map(key => row[key] ?? null);
    },
  };
}

/** The same view under another name, or with fewer or more rows. */
export function sameView(fullName: string, other: CatalogView, rows = other.rows.bind(other)): CatalogView {
  const dot = fullName.indexOf('.');
  return { ...other, schema: fullName.slice(0, dot) as CatalogView['schema'], name: fullName.slice(dot + 1), rows };
}

/** datetime2 ticks on datetime's grid of 1/300 s. */
export function toDatetime(ticks: bigint): bigint {
  const day = ticks - (ticks % 864_000_000_000n);
  const units = Math.round((Number(ticks % 864_000_000_000n) * 3) / 100_000);
  return day + BigInt(Math.round((units * 100_000) / 3));
}

export const flag = (value: boolean | undefined): 0 | 1 => (value ? 1 : 0);

export const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';
