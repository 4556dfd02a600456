// Checks that a value passes into its named type unchanged. Without a warning the server would truncate a string that
// is
// too long for a variable, round a number to its scale, and read the first 36 characters of a uniqueidentifier.

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
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
const EXACT = new Set(['decimal', 'numeric', 'money', 'smallmoney', ...Object.keys(RANGES)]);
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
/** An offset other than UTC. */
const OFFSET = /[+-](?!00:00$)\d{2}:\d{2}$/;
const GUID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\})$/i;

/**
 * The fault in a type's arguments, as in `decimal(39,0)`, `int(5)` or `nvarchar(5000)`; undefined when there is none.
 */
export function typeFault(base: string, first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined) return undefined;
  const n = Number(first);
  const of = (good: boolean, what: string) => (good ? undefined : what);
  if (base in MAX_LENGTHS) {
    const longest = MAX_LENGTHS[base] ?? 0;
    const good = second === undefined && (first === 'max' ? WITH_MAX.has(base) : n >= 1 && n <= longest);
    return of(good, `of type ${base} must have a length from 1 to ${longest}`);
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

/** What the type would change or lose of the value; undefined when the value fits. */
export function valueFault(declaration: string, value: string | number): string | undefined {
  const [, base = '', first, second] = /^([a-z_0-9]+)(?:\((max|\d+)(?:,(\d+))?\))?$/.exec(declaration) ?? [];
  if (typeof value === 'number' && EXACT.has(base) && Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'is beyond 2^53, where a JSON number is not exact: pass the value as a string';
  const text = String(value);
  const range = RANGES[base];
  if (range !== undefined)
    return BigInt(text) < range[0] || BigInt(text) > range[1] ? `does not fit ${base}` : undefined;
  if (base in MAX_LENGTHS && first !== 'max' && text.length > Number(first))
    return `is longer than ${declaration} and would be truncated`;
  if (FRACTIONS.has(base)) {
    const digits = /:\d{2}\.(\d*?)0*(?:Z|[+-]\d{2}:\d{2}|\s.*)?$/.exec(text)?.[1]?.length ?? 0;
    if (digits > Number(first ?? 7)) return `has more fractional digits than ${declaration} and would be rounded`;
    // CAST of a string with an offset to time or datetime2 drops the offset (datetime2, "Comparing date and time
    // types").
    return base !== 'datetimeoffset' && OFFSET.test(text)
      ? `has an offset, which ${base} would lose: use datetimeoffset`
      : undefined;
  }
  // A datetime ends in .000, .003 or .007 of a second, and a smalldatetime in whole minutes.
  if (base === 'datetime' && !/^(?:[^.]*|.*:\d{2}\.(?:\d?\d?0*|\d\d[037]0*))$/.test(text))
    return 'has a fraction of a second that datetime cannot hold and would be rounded: use datetime2';
  if (base === 'smalldatetime' && /:\d{2}:(?!00(?:\.0*)?$)/.test(text))
    return 'has seconds, which smalldatetime would round to the minute: use datetime2';
  if (base === 'date') return text.includes(':') ? 'has a time, which a date would lose' : undefined;
  if (base === 'uniqueidentifier') return GUID.test(text) ? undefined : 'is not a uniqueidentifier';
  if (base === 'sql_variant') return typeof value === 'number' ? 'of type sql_variant must be a string' : undefined;
  const scale =
    base === 'money' || base === 'smallmoney'
      ? 4
      : base === 'decimal' || base === 'numeric'
        ? Number(second ?? 0)
        : undefined;
  if (scale === undefined) return undefined;
  const fraction = plainNumber(text).split('.')[1]?.replace(/0+$/, '') ?? '';
  return fraction.length > scale ? `has more decimal places than ${declaration} and would be rounded` : undefined;
}

/** Writes `1.5e3` as `1500`, because SQL Server converts a string with an exponent only to float. */
export function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = NUMBER.exec(text) ?? [];
  if (exponent === undefined) return text;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The bytes of a base64 string, with or without padding; undefined when the string is not base64. */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const bare = (base64: string) => base64.replace(/=+$/, '');
  return bare(bytes.toString('base64')) === bare(text) ? bytes : undefined;
}
