// The types that the caller may name, and their arguments.

const INTEGERS = ['bigint', 'int', 'smallint', 'tinyint'];
const DECIMALS = ['decimal', 'numeric', 'money', 'smallmoney', 'float', 'real'];
const TEXTS = ['varchar', 'nvarchar', 'char', 'nchar', 'xml', 'uniqueidentifier'];
const DATES = ['date', 'time', 'datetime', 'smalldatetime', 'datetime2', 'datetimeoffset'];
const KNOWN: ReadonlySet<string> = new Set([
  ...INTEGERS,
  ...DECIMALS,
  ...TEXTS,
  ...DATES,
  'bit',
  'binary',
  'varbinary',
  'sql_variant',
]);

/** What to write instead of a type that parameters can't have, or that T-SQL calls by another name. */
const INSTEAD: Readonly<Record<string, string>> = {
  text: 'varchar(max)',
  ntext: 'nvarchar(max)',
  image: 'varbinary(max)',
  timestamp: 'binary(8), or datetime2 for a point in time',
  rowversion: 'binary(8)',
  json: 'nvarchar(max)',
  vector: 'nvarchar(max), and CAST it in the statement',
  geography: 'nvarchar(max), and geography::STGeomFromText in the statement',
  geometry: 'nvarchar(max), and geometry::STGeomFromText in the statement',
  hierarchyid: 'nvarchar(4000), and hierarchyid::Parse in the statement',
  sysname: 'nvarchar(128)',
  table: 'nvarchar(max) with a JSON array, and OPENJSON in the statement',
  string: 'nvarchar',
  integer: 'int',
  number: 'decimal or float',
  double: 'float',
  boolean: 'bit',
  bool: 'bit',
  uuid: 'uniqueidentifier',
  guid: 'uniqueidentifier',
};

const MAX_LENGTHS: Readonly<Record<string, number>> = {
  char: 8000,
  varchar: 8000,
  nchar: 4000,
  nvarchar: 4000,
  binary: 8000,
  varbinary: 8000,
};
const WITH_MAX = new Set(['varchar', 'nvarchar', 'varbinary']);
const FRACTIONS = new Set(['time', 'datetime2', 'datetimeoffset']);
const WRITTEN = /^([a-z_0-9]+)(?:\s*\(\s*(max|\d{1,4})(?:\s*,\s*(\d{1,2}))?\s*\))?$/i;

export interface ParameterType {
  readonly base: string;
  /** The type as sp_executesql's declaration writes it. */
  readonly declaration: string;
  /** The length in characters or bytes; Infinity for `max`, undefined for a type without a length. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/** Reads a type such as `decimal(19,4)`. The fault completes the sentence "The parameter …". */
export function readParameterType(written: string): ParameterType | { readonly fault: string } {
  const [, name = '', first, second] = WRITTEN.exec(written.trim()) ?? [];
  const base = name.toLowerCase();
  if (!KNOWN.has(base)) return { fault: unknownType(base) };
  const fault = argumentFault(base, first?.toLowerCase(), second);
  if (fault !== undefined) return { fault };
  if (base in MAX_LENGTHS) return sized(base, first?.toLowerCase());
  if (base === 'decimal' || base === 'numeric') {
    const precision = Number(first ?? 38);
    const scale = first === undefined ? 10 : Number(second ?? 0);
    const shown = second === undefined && first !== undefined ? `${precision}` : `${precision},${scale}`;
    return { base, declaration: `${base}(${shown})`, precision, scale };
  }
  const declaration = first === undefined ? base : `${base}(${first})`;
  if (FRACTIONS.has(base)) return { base, declaration, scale: Number(first ?? 7) };
  if (base === 'datetime') return { base, declaration, scale: 3 };
  if (base === 'float') return { base, declaration, precision: Number(first ?? 53) };
  return { base, declaration };
}

/** Without a length the longest one, where `varchar` alone would mean varchar(1) or varchar(30). */
function sized(base: string, length: string | undefined): ParameterType {
  const longest = WITH_MAX.has(base) ? 'max' : String(MAX_LENGTHS[base]);
  const written = length ?? longest;
  return { base, declaration: `${base}(${written})`, length: written === 'max' ? Infinity : Number(written) };
}

function unknownType(base: string): string {
  const instead = Object.hasOwn(INSTEAD, base) ? INSTEAD[base] : undefined;
  if (instead !== undefined) return `cannot have the type ${base}: use ${instead}`;
  return 'has a type that parameters cannot have: use a type such as int, decimal(19,4), nvarchar(50), date, datetime2, bit or varbinary';
}

function argumentFault(base: string, first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined) return undefined;
  const n = Number(first);
  const of = (good: boolean, what: string) => (good ? undefined : what);
  if (base in MAX_LENGTHS) {
    const longest = MAX_LENGTHS[base] ?? 0;
    const good = second === undefined && (first === 'max' ? WITH_MAX.has(base) : n >= 1 && n <= longest);
    return of(good, `of type ${base} must have a length from 1 to ${longest}${WITH_MAX.has(base) ? ', or max' : ''}`);
  }
  if (FRACTIONS.has(base))
    return of(second === undefined && n <= 7, `of type ${base} must have 0 to 7 fractional digits`);
  if (base === 'float') return of(second === undefined && n >= 1 && n <= 53, 'of type float must have 1 to 53 bits');
  if (base === 'decimal' || base === 'numeric')
    return of(
      n >= 1 && n <= 38 && Number(second ?? 0) <= n,
      `of type ${base} must have at most 38 digits, including the scale`,
    );
  return `of type ${base} takes no length`;
}
