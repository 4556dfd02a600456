/** The text to send, in a form that SQL Server reads alike under every language and date format; or the fault. */
export type DateText = { readonly text: string } | { readonly fault: string };

export const DATE_TYPES: ReadonlySet<string> = new Set([
  'date',
  'time',
  'datetime',
  'smalldatetime',
  'datetime2',
  'datetimeoffset',
]);

const DATE = String.raw`(?<year>\d{4})(?<dash>[-/.]?)(?<month>\d{2})\k<dash>(?<day>\d{2})`;
const TIME = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,20}))?)?`;
const ZONE = String.raw`\s?(?<zone>Z|[+-]\d{2}:\d{2})?`;
const DATE_AND_TIME = new RegExp(`^${DATE}(?:(?:T|\\s)${TIME}${ZONE})?$`, 'i');
const TIME_ONLY = new RegExp(`^${TIME}${ZONE}$`, 'i');

const EXAMPLES: Readonly<Record<string, string>> = {
  date: '2024-02-29',
  time: '13:05:06.123',
  datetime: '2024-02-29T13:05:06.123',
  smalldatetime: '2024-02-29T13:05:00',
  datetime2: '2024-02-29T13:05:06.1234567',
  datetimeoffset: '2024-02-29T13:05:06.1234567+02:00',
};

/** The first and the last day of each type. */
const DAYS: Readonly<Record<string, readonly [string, string]>> = {
  datetime: ['1753-01-01', '9999-12-31'],
  smalldatetime: ['1900-01-01', '2079-06-06'],
};
const ALL_DAYS = ['0001-01-01', '9999-12-31'] as const;
const LONGEST_OFFSET = 14 * 60;
const MINUTES_OF_DAY = 24 * 60;

type Parts = Readonly<Record<string, string | undefined>>;

/** Reads a date or time as ISO 8601 writes it; `scale` is the number of fractional digits that the type holds. */
export function dateText(base: string, declaration: string, scale: number, given: string): DateText {
  const parts: Parts | undefined = (base === 'time' ? TIME_ONLY : DATE_AND_TIME).exec(given.trim())?.groups;
  if (parts === undefined) return { fault: `is not a ${base}: write it as ${EXAMPLES[base]}` };
  const fault =
    clockFault(parts) ??
    (base === 'time' ? undefined : dayFault(base, parts)) ??
    lossOf(base, declaration, scale, parts);
  if (fault !== undefined) return { fault };
  const clock = `${parts.hour ?? '00'}:${parts.minute ?? '00'}:${parts.second ?? '00'}${fractionOf(parts, scale)}`;
  if (base === 'time') return { text: clock };
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  if (base === 'date') return { text: day };
  return { text: `${day}T${clock}${base === 'datetimeoffset' ? (parts.zone?.toUpperCase() ?? '') : ''}` };
}

function fractionOf({ fraction = '' }: Parts, scale: number): string {
  const digits = fraction.replace(/0+$/, '').slice(0, scale);
  return digits === '' ? '' : `.${digits}`;
}

function clockFault({ hour = '00', minute = '00', second = '00', zone }: Parts): string | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return 'has a time that does not exist';
  const offset = offsetOf(zone);
  return offset.minutes > 59 || Math.abs(offset.total) > LONGEST_OFFSET
    ? 'has an offset beyond ±14:00, which does not exist'
    : undefined;
}

function dayFault(
  base: string,
  { year = '', month = '', day = '', hour = '00', minute = '00', zone }: Parts,
): string | undefined {
  const written = `${year}-${month}-${day}`;
  const date = new Date(`${written}T00:00:00Z`);
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === written;
  if (!exists) return 'has a day that does not exist';
  const [first, last] = DAYS[base] ?? ALL_DAYS;
  const outside = `is outside of ${base}, which holds ${first} to ${last}`;
  if (written < first || written > last) return outside;
  // A datetimeoffset is stored in UTC, and that instant too must lie within the range.
  const inUtc = Number(hour) * 60 + Number(minute) - offsetOf(zone).total;
  const leaves = (inUtc < 0 && written === first) || (inUtc >= MINUTES_OF_DAY && written === last);
  return base === 'datetimeoffset' && leaves ? `${outside} (in UTC)` : undefined;
}

/** What the type would lose of the value. */
function lossOf(base: string, declaration: string, scale: number, parts: Parts): string | undefined {
  const { hour, second = '00', fraction = '', zone } = parts;
  if (base === 'date') return hour === undefined ? undefined : 'has a time, which a date would lose';
  if (base !== 'datetimeoffset' && offsetOf(zone).total !== 0)
    return `has an offset, which ${base} would lose: use datetimeoffset`;
  const digits = fraction.replace(/0+$/, '');
  switch (base) {
    case 'datetime':
      // A datetime ends in .000, .003 or .007 of a second.
      return digits.length < 3 || /^\d\d[37]$/.test(digits)
        ? undefined
        : 'has a fraction of a second that datetime cannot hold and would be rounded: use datetime2';
    case 'smalldatetime':
      return Number(second) === 0 && digits === ''
        ? undefined
        : 'has seconds, which smalldatetime would round to the minute: use datetime2';
    default:
      return digits.length > scale ? `has more fractional digits than ${declaration} and would be rounded` : undefined;
  }
}

function offsetOf(zone: string | undefined): { readonly minutes: number; readonly total: number } {
  if (zone === undefined || zone.toUpperCase() === 'Z') return { minutes: 0, total: 0 };
  const minutes = Number(zone.slice(4, 6));
  const total = Number(zone.slice(1, 3)) * 60 + minutes;
  return { minutes, total: zone.startsWith('-') ? -total : total };
}
