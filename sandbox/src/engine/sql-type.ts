/** The SQL Server types the engine knows, by the name that sys.types gives them. */
export type SqlTypeName =
  | 'bit'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'decimal'
  | 'numeric'
  | 'money'
  | 'smallmoney'
  | 'real'
  | 'float'
  | 'date'
  | 'time'
  | 'datetime'
  | 'smalldatetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'char'
  | 'varchar'
  | 'nchar'
  | 'nvarchar'
  | 'text'
  | 'ntext'
  | 'binary'
  | 'varbinary'
  | 'image'
  | 'rowversion'
  | 'uniqueidentifier'
  | 'xml'
  | 'sql_variant'
  | 'hierarchyid'
  | 'geography'
  | 'geometry';

/**
 * A type with its facets. `length` counts characters for n-types, else bytes; -1 is max.
 * `precision`/`scale` belong to decimal and numeric; `scale` alone to time, datetime2 and datetimeoffset (0-7).
 * `untypedNull` marks the literal NULL, which takes the type of its surroundings.
 */
export interface SqlType {
  readonly name: SqlTypeName;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly untypedNull?: true;
  /** An explicit COLLATE; absent means the database default, SQL_Latin1_General_CP1_CI_AS. */
  readonly collation?: string;
  /** The collation comes from a COLLATE clause of the expression and so wins over a column's. */
  readonly explicitCollation?: true;
}

/** datetimeoffset: the instant in UTC, in 100 ns since 0001-01-01, and the offset in minutes. */
export interface DateTimeOffsetValue {
  readonly utcTicks: bigint;
  readonly offset: number;
}

/** sql_variant: a value with its base type. */
export interface VariantValue {
  readonly type: SqlType;
  readonly value: Exclude<Value, VariantValue>;
}

/**
 * How a value of each type is represented in memory:
 * - bit 0/1, tinyint, smallint, int, real, float: number
 * - bigint: bigint. decimal, numeric, money, smallmoney: bigint scaled by 10^scale (money: 10^4)
 * - date: number of days since 0001-01-01. time: number of 100 ns units since midnight (below 2^53)
 * - datetime, smalldatetime, datetime2: bigint, 100 ns units since 0001-01-01 (datetime is kept on its 1/300 s grid)
 * - datetimeoffset: DateTimeOffsetValue
 * - char types, text, xml: string. uniqueidentifier: upper-case string with hyphens
 * - binary types, image, rowversion, hierarchyid, geography, geometry: Uint8Array (their CLR serialisation)
 * - sql_variant: VariantValue. NULL: null
 */
export type Value = null | number | bigint | string | Uint8Array | DateTimeOffsetValue | VariantValue;
