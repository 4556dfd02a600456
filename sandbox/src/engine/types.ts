import { codePageNumber } from './code-page.ts';
import { unifyCollation } from './collation.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { SqlType, SqlTypeName } from './sql-type.ts';

const of = (name: SqlTypeName, facets?: Omit<SqlType, 'name'>): SqlType => ({ name, ...facets });

export const BIT = of('bit');
export const TINYINT = of('tinyint');
export const SMALLINT = of('smallint');
export const INT = of('int');
export const BIGINT = of('bigint');
export const REAL = of('real');
export const FLOAT = of('float');
export const MONEY = of('money');
export const SMALLMONEY = of('smallmoney');
export const DATE = of('date');
export const DATETIME = of('datetime');
export const SMALLDATETIME = of('smalldatetime');
export const TIME = of('time', { scale: 7 });
export const DATETIME2 = of('datetime2', { scale: 7 });
export const DATETIMEOFFSET = of('datetimeoffset', { scale: 7 });
export const UNIQUEIDENTIFIER = of('uniqueidentifier');
export const XML = of('xml');
export const SQL_VARIANT = of('sql_variant');
export const NVARCHAR_MAX = of('nvarchar', { length: -1 });
export const VARCHAR_MAX = of('varchar', { length: -1 });
export const VARBINARY_MAX = of('varbinary', { length: -1 });
export const SYSNAME = of('nvarchar', { length: 128 });
/** The literal NULL before its surroundings give it a type. */
export const UNTYPED_NULL = of('int', { untypedNull: true });

export const nvarchar = (length: number): SqlType => of('nvarchar', { length });
export const varchar = (length: number): SqlType => of('varchar', { length });
export const nchar = (length: number): SqlType => of('nchar', { length });
export const char = (length: number): SqlType => of('char', { length });
export const varbinary = (length: number): SqlType => of('varbinary', { length });
export const binary = (length: number): SqlType => of('binary', { length });
export const decimal = (precision: number, scale: number): SqlType => of('decimal', { precision, scale });
export const numeric = (precision: number, scale: number): SqlType => of('numeric', { precision, scale });
export const time = (scale: number): SqlType => of('time', { scale });
export const datetime2 = (scale: number): SqlType => of('datetime2', { scale });
export const datetimeoffset = (scale: number): SqlType => of('datetimeoffset', { scale });

const names = (list: string): SqlTypeName[] => list.split(/\s+/) as SqlTypeName[];

const STRINGS = new Set(names('char varchar nchar nvarchar text ntext'));
const INTEGERS = new Set(names('bit tinyint smallint int bigint'));
const DECIMALS = new Set(names('decimal numeric money smallmoney'));
const DATETIMES = new Set(names('date time datetime smalldatetime datetime2 datetimeoffset'));
const BINARIES = new Set(names('binary varbinary image rowversion'));

export const isString = (t: SqlType): boolean => STRINGS.has(t.name);
/** nchar, nvarchar, ntext. */
export const isUnicode = (t: SqlType): boolean => t.name === 'nvarchar' || t.name === 'nchar' || t.name === 'ntext';
/** bit counts as an integer type here. */
export const isInteger = (t: SqlType): boolean => INTEGERS.has(t.name);
/** decimal, numeric and the money types: values are bigints scaled by 10^precisionScale(t).scale. */
export const isDecimal = (t: SqlType): boolean => DECIMALS.has(t.name);
export const isMoney = (t: SqlType): boolean => t.name === 'money' || t.name === 'smallmoney';
export const isApproximate = (t: SqlType): boolean => t.name === 'float' || t.name === 'real';
export const isNumeric = (t: SqlType): boolean => isInteger(t) || isDecimal(t) || isApproximate(t);
export const isDateTime = (t: SqlType): boolean => DATETIMES.has(t.name);
/** datetime and smalldatetime, which take part in arithmetic. */
export const isLegacyDateTime = (t: SqlType): boolean => t.name === 'datetime' || t.name === 'smalldatetime';
export const isBinary = (t: SqlType): boolean => BINARIES.has(t.name);
export const isLargeObject = (t: SqlType): boolean =>
  t.length === -1 || t.name === 'text' || t.name === 'ntext' || t.name === 'image' || t.name === 'xml';

/** Data type precedence, lowest first (learn.microsoft.com: Data type precedence). */
const PRECEDENCE: readonly SqlTypeName[] = names(
  'binary varbinary char varchar nchar nvarchar uniqueidentifier rowversion image text ntext ' +
    'bit tinyint smallint int bigint smallmoney money numeric decimal real float ' +
    'time date smalldatetime datetime datetime2 datetimeoffset xml sql_variant hierarchyid geometry geography',
);
const RANK = new Map(PRECEDENCE.map((name, rank) => [name, rank]));
export const precedence = (t: SqlType): number => (t.untypedNull ? -1 : (RANK.get(t.name) ?? -1));

export interface PrecisionScale {
  readonly precision: number;
  readonly scale: number;
}

const FIXED_PRECISION: Partial<Record<SqlTypeName, PrecisionScale>> = {
  bit: { precision: 1, scale: 0 },
  tinyint: { precision: 3, scale: 0 },
  smallint: { precision: 5, scale: 0 },
  int: { precision: 10, scale: 0 },
  bigint: { precision: 19, scale: 0 },
  money: { precision: 19, scale: 4 },
  smallmoney: { precision: 10, scale: 4 },
  real: { precision: 24, scale: 0 },
  float: { precision: 53, scale: 0 },
  date: { precision: 10, scale: 0 },
  datetime: { precision: 23, scale: 3 },
  smalldatetime: { precision: 16, scale: 0 },
};
const NO_PRECISION: PrecisionScale = { precision: 0, scale: 0 };

/** Precision and scale as sys.columns shows them; for exact numerics also those of decimal arithmetic. */
export function precisionScale(t: SqlType): PrecisionScale {
  if (t.name === 'decimal' || t.name === 'numeric') return { precision: t.precision ?? 18, scale: t.scale ?? 0 };
  const fixed = FIXED_PRECISION[t.name];
  if (fixed) return fixed;
  const scale = t.scale ?? 7;
  const fraction = scale === 0 ? 0 : scale + 1;
  if (t.name === 'time') return { precision: 8 + fraction, scale };
  if (t.name === 'datetime2') return { precision: 19 + fraction, scale };
  if (t.name === 'datetimeoffset') return { precision: 26 + fraction, scale };
  return NO_PRECISION;
}

const maxLengthOf = (t: SqlType): number => (isUnicode(t) ? 4000 : 8000);

function unifyStrings(high: SqlType, low: SqlType): SqlType {
  const max = high.length === -1 || low.length === -1;
  const length = max ? -1 : Math.min(maxLengthOf(high), Math.max(high.length ?? 1, low.length ?? 1));
  const variable = /var/.test(high.name) || /var/.test(low.name);
  const name = isString(high)
    ? isUnicode(high)
      ? variable
        ? 'nvarchar'
        : 'nchar'
      : variable
        ? 'varchar'
        : 'char'
    : variable
      ? 'varbinary'
      : 'binary';
  if (high.name === 'text' || high.name === 'ntext' || high.name === 'image') return { name: high.name };
  return { name, length, ...(isString(high) ? unifyCollation(high, low) : {}) };
}

function unifyDecimals(high: SqlType, low: SqlType): SqlType {
  const a = precisionScale(high);
  const b = precisionScale(low);
  const integral = Math.max(a.precision - a.scale, b.precision - b.scale);
  const scale = Math.max(a.scale, b.scale);
  if (integral + scale <= 38) return { name: high.name, precision: integral + scale, scale };
  return { name: high.name, precision: 38, scale: Math.max(0, 38 - integral) };
}

function unifyTwo(a: SqlType, b: SqlType): SqlType {
  const [high, low] = precedence(b) > precedence(a) ? [b, a] : [a, b];
  if (low.untypedNull) return high;
  if (isString(high) && isString(low)) return unifyStrings(high, low);
  const isBytes = (t: SqlType): boolean => t.name === 'binary' || t.name === 'varbinary';
  if (isBytes(high) && isBytes(low)) return unifyStrings(high, low);
  if ((high.name === 'decimal' || high.name === 'numeric') && (isInteger(low) || isDecimal(low)))
    return unifyDecimals(high, low);
  if (high.scale !== undefined && low.scale !== undefined && isDateTime(high) && isDateTime(low)) {
    return { ...high, scale: Math.max(high.scale, low.scale) };
  }
  if (high.name === 'datetime2' && low.name === 'datetime') return { ...high, scale: Math.max(high.scale ?? 7, 3) };
  return high;
}

/** The result type of CASE, COALESCE, UNION, VALUES and comparisons: the highest by precedence, widened. */
export function unify(types: readonly SqlType[]): SqlType {
  const [first, ...rest] = types;
  if (!first) return UNTYPED_NULL;
  return rest.reduce(unifyTwo, first);
}

/** Whether text of one type can be text of the other as it is. */
export const sameCodePage = (from: SqlType, to: SqlType): boolean =>
  isUnicode(to) || (!isUnicode(from) && codePageNumber(from.collation) === codePageNumber(to.collation));

/** Equal in everything that decides the representation of a value. */
export const sameRepresentation = (a: SqlType, b: SqlType): boolean =>
  (isString(a) && isString(b) ? sameCodePage(a, b) : a.name === b.name) &&
  (a.scale ?? 0) === (b.scale ?? 0) &&
  (a.precision ?? 0) === (b.precision ?? 0);

const SYNONYMS: Readonly<Record<string, SqlTypeName>> = {
  integer: 'int',
  dec: 'decimal',
  'double precision': 'float',
  character: 'char',
  'char varying': 'varchar',
  'character varying': 'varchar',
  'national char': 'nchar',
  'national character': 'nchar',
  'national char varying': 'nvarchar',
  'national character varying': 'nvarchar',
  'national text': 'ntext',
  'binary varying': 'varbinary',
  timestamp: 'rowversion',
};

/**
 * The type a name with its arguments means. `args` are as written: `varchar(max)` is ['max'], `decimal(10,2)` is
 * [10, 2]. `defaultLength` is 1 in a declaration, 30 in CAST and CONVERT. `shown` is the name as the user wrote it.
 */
export function typeFromName(
  name: string,
  args: readonly (number | 'max')[],
  shown = name,
  defaultLength = 1,
): SqlType {
  const lower = name
    .toLowerCase()
    .replace(/^sys\./, '')
    .replace(/\s+/g, ' ');
  if (lower === 'sysname') return SYSNAME;
  const known = SYNONYMS[lower] ?? (RANK.has(lower as SqlTypeName) ? (lower as SqlTypeName) : undefined);
  if (!known) throw new SqlError(243, `Type ${shown} is not a defined system type.`);
  const first = args[0];
  const invalid = (size: number | 'max'): SqlError =>
    size === 'max'
      ? new SqlError(102, "Incorrect syntax near 'max'.", 15)
      : new SqlError(1001, `Line 1: Length or precision specification ${size} is invalid.`, 15);
  switch (known) {
    case 'char':
    case 'nchar':
    case 'binary':
    case 'varchar':
    case 'nvarchar':
    case 'varbinary': {
      const limit = known.startsWith('n') ? 4000 : 8000;
      if (first === 'max') {
        if (!known.includes('var')) throw invalid(first);
        return { name: known, length: -1 };
      }
      if (args.length > 1 || (first !== undefined && first < 1)) throw invalid(first ?? 0);
      if (first !== undefined && first > limit) {
        throw new SqlError(
          131,
          `The size (${first}) given to the type '${shown}' exceeds the maximum allowed for any data type (8000).`,
          15,
        );
      }
      return { name: known, length: first ?? defaultLength };
    }
    case 'decimal':
    case 'numeric': {
      const [precision = 18, scale = 0] = args;
      if (precision === 'max' || precision < 1) throw invalid(precision);
      if (scale === 'max') throw invalid(scale);
      if (precision > 38)
        throw new SqlError(
          2750,
          `Column or parameter #1: Specified column precision ${precision} is greater than the maximum precision of 38.`,
        );
      if (scale > precision) throw new SqlError(192, 'The scale must be less than or equal to the precision.', 15);
      return { name: known, precision, scale };
    }
    case 'float': {
      if (first === undefined) return FLOAT;
      if (first === 'max' || first < 1) throw invalid(first);
      if (first > 53)
        throw new SqlError(
          2750,
          `Column or parameter #1: Specified column precision ${first} is greater than the maximum precision of 53.`,
        );
      return first <= 24 ? REAL : FLOAT;
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset': {
      const scale = first ?? 7;
      if (scale === 'max' || scale > 7 || scale < 0)
        throw new SqlError(1002, `Line 1: Specified scale ${scale} is invalid.`, 15);
      return { name: known, scale };
    }
    default:
      if (args.length && known !== 'xml') {
        throw new SqlError(
          2716,
          `Column, parameter, or variable #1: Cannot specify a column width on data type ${shown}.`,
        );
      }
      if (args.length) throw notSupported('xml schema collections');
      return { name: known };
  }
}

/** "decimal(10,2)", "nvarchar(max)", "int". */
export function describeType(t: SqlType): string {
  if (t.name === 'decimal' || t.name === 'numeric') return `${t.name}(${t.precision ?? 18},${t.scale ?? 0})`;
  if (t.name === 'time' || t.name === 'datetime2' || t.name === 'datetimeoffset') return `${t.name}(${t.scale ?? 7})`;
  if (t.name === 'rowversion') return 'timestamp';
  if (t.length !== undefined) return `${t.name}(${t.length === -1 ? 'max' : t.length})`;
  return t.name;
}

const decimalBytes = (precision: number): number =>
  precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);

const FIXED_BYTES: Partial<Record<SqlTypeName, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  real: 4,
  float: 8,
  money: 8,
  smallmoney: 4,
  date: 3,
  datetime: 8,
  smalldatetime: 4,
  uniqueidentifier: 16,
  rowversion: 8,
  text: 16,
  ntext: 16,
  image: 16,
  xml: -1,
  sql_variant: 8016,
  hierarchyid: 892,
  geography: -1,
  geometry: -1,
};

/** max_length of sys.columns: bytes, -1 for max. */
export function maxLengthBytes(t: SqlType): number {
  switch (t.name) {
    case 'nchar':
    case 'nvarchar':
      return t.length === -1 ? -1 : (t.length ?? 1) * 2;
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return t.length ?? 1;
    case 'decimal':
    case 'numeric':
      return decimalBytes(t.precision ?? 18);
    case 'time':
      return timeBytes(t.scale ?? 7);
    case 'datetime2':
      return timeBytes(t.scale ?? 7) + 3;
    case 'datetimeoffset':
      return timeBytes(t.scale ?? 7) + 5;
    default:
      return FIXED_BYTES[t.name] ?? 0;
  }
}

const SYSTEM_TYPE_IDS: Readonly<Record<SqlTypeName, number>> = {
  image: 34,
  text: 35,
  uniqueidentifier: 36,
  date: 40,
  time: 41,
  datetime2: 42,
  datetimeoffset: 43,
  tinyint: 48,
  smallint: 52,
  int: 56,
  smalldatetime: 58,
  real: 59,
  money: 60,
  datetime: 61,
  float: 62,
  sql_variant: 98,
  ntext: 99,
  bit: 104,
  decimal: 106,
  numeric: 108,
  smallmoney: 122,
  bigint: 127,
  varbinary: 165,
  varchar: 167,
  binary: 173,
  char: 175,
  rowversion: 189,
  nvarchar: 231,
  nchar: 239,
  hierarchyid: 240,
  geometry: 240,
  geography: 240,
  xml: 241,
};
const CLR_USER_TYPE_IDS: Partial<Record<SqlTypeName, number>> = { hierarchyid: 128, geometry: 129, geography: 130 };

export const systemTypeId = (t: SqlType): number => SYSTEM_TYPE_IDS[t.name];
export const userTypeId = (t: SqlType): number => CLR_USER_TYPE_IDS[t.name] ?? SYSTEM_TYPE_IDS[t.name];
/** The name in sys.types, where rowversion is called timestamp. */
export const catalogTypeName = (t: SqlType): string => (t.name === 'rowversion' ? 'timestamp' : t.name);
export const ALL_TYPE_NAMES: readonly SqlTypeName[] = PRECEDENCE;
