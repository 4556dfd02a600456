import {
  DAYS_1900,
  MONTHS,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  daysFromCivil,
  isValidDate,
} from './dates.ts';

export interface ParsedDateTime {
  readonly days: number;
  readonly time: number;
  /** Offset in minutes when the text names one ("Z" or "+02:00"). */
  readonly offset: number | undefined;
  /** Digits behind the seconds: datetime takes at most 3. */
  readonly fractionDigits: number;
}

export type DateParseFailure = 'syntax' | 'range';
type Order = 'mdy' | 'dmy' | 'ymd';

/** Styles of CONVERT that fix the order of day and month in the text (learn.microsoft.com: CAST and CONVERT). */
const STYLE_ORDER = new Map<number, Order>([
  ...[1, 101, 10, 110].map(s => [s, 'mdy'] as const),
  ...[3, 103, 4, 104, 5, 105].map(s => [s, 'dmy'] as const),
  ...[2, 102, 11, 111, 12, 112].map(s => [s, 'ymd'] as const),
]);

const TIME = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:([.:])(\d{1,9}))?)?)?\s*(am|pm)?$/i;
const ZONE = /^(.*\d(?:\s*[ap]m)?)\s*(z|[+-]\d{1,2}:\d{2})$/i;

function parseTime(text: string): { time: number; fractionDigits: number } | DateParseFailure {
  const m = TIME.exec(text);
  if (!m || (m[2] === undefined && m[6] === undefined)) return 'syntax';
  let hour = Number(m[1]);
  const minute = Number(m[2] ?? 0);
  const second = Number(m[3] ?? 0);
  if (m[6] !== undefined) {
    if (hour > 12 && m[6].toLowerCase() === 'am') return 'range';
    if (hour <= 12) hour = (hour % 12) + (m[6].toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return 'range';
  const digits = m[5] ?? '';
  // Milliseconds follow a colon, a fraction follows a point.
  if (m[4] === ':' && digits.length > 3) return 'syntax';
  if (digits.length > 7) return 'syntax';
  const fraction = m[4] === ':' ? Number(digits) * 10_000 : Number(digits.padEnd(7, '0'));
  const time = hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second * TICKS_PER_SECOND + (digits ? fraction : 0);
  return { time, fractionDigits: digits.length };
}

/** Two digits: up to 49 mean 20xx (two digit year cutoff 2049). */
function fullYear(text: string): number {
  const n = Number(text);
  return text.length > 2 ? n : n < 50 ? 2000 + n : 1900 + n;
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase();
  return MONTHS.findIndex(m => m.toLowerCase() === lower || m.slice(0, 3).toLowerCase() === lower) + 1;
}

function date(year: number, month: number, day: number): number | DateParseFailure {
  return isValidDate(year, month, day) ? daysFromCivil(year, month, day) : 'range';
}

function parseNumericDate(text: string, order: Order | undefined): number | DateParseFailure {
  const m = /^(\d{1,4})([-/.])(\d{1,4})\2(\d{1,4})$/.exec(text);
  if (!m) return 'syntax';
  const [a = '', b = '', c = ''] = [m[1], m[3], m[4]];
  if (a.length > 2) {
    if ((order !== undefined && order !== 'ymd') || a.length !== 4 || b.length > 2 || c.length > 2) return 'syntax';
    return date(Number(a), Number(b), Number(c));
  }
  if (b.length > 2 || c.length === 3) return 'syntax';
  switch (order ?? 'mdy') {
    case 'mdy':
      return date(fullYear(c), Number(a), Number(b));
    case 'dmy':
      return date(fullYear(c), Number(b), Number(a));
    case 'ymd':
      return c.length > 2 ? 'syntax' : date(fullYear(a), Number(b), Number(c));
  }
}

function parseNamedDate(text: string): number | DateParseFailure {
  const named = (
    y: string | undefined,
    month: string | undefined,
    d: string | undefined,
  ): number | DateParseFailure => {
    const number = monthNumber(month ?? '');
    return number === 0 || y === undefined ? 'syntax' : date(fullYear(y), number, Number(d ?? 1));
  };
  // "Jan 5, 2024", "Jan 2024", "Jan-05-24"
  let m = /^([a-z]{3,9})[.,\s-]*?[\s-]*(?:(\d{1,2})[,\s-]+)?(\d{4}|\d{2})$/i.exec(text);
  if (m) return named(m[3], m[1], m[2]);
  // "5 Jan 2024", "05-Jan-24", "5 January, 2024"
  m = /^(\d{1,2})[\s/.-]*([a-z]{3,9})[.,]?[\s/.,-]*(\d{4}|\d{2})$/i.exec(text);
  if (m) return named(m[3], m[2], m[1]);
  // "2024 Jan 5", "2024 Jan", "2024 5 Jan"
  m = /^(\d{4})[\s-]*([a-z]{3,9})[\s,-]*(\d{1,2})?$/i.exec(text);
  if (m) return named(m[1], m[2], m[3]);
  m = /^(\d{4})\s+(\d{1,2})\s+([a-z]{3,9})$/i.exec(text);
  return m ? named(m[1], m[3], m[2]) : 'syntax';
}

function parseDate(text: string, order: Order | undefined): number | DateParseFailure {
  if (/^\d+$/.test(text)) {
    if (text.length === 8) return date(Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6)));
    if (text.length === 6) return date(fullYear(text.slice(0, 2)), Number(text.slice(2, 4)), Number(text.slice(4)));
    return text.length === 4 ? date(Number(text), 1, 1) : 'syntax';
  }
  const numeric = parseNumericDate(text, order);
  return numeric === 'syntax' ? parseNamedDate(text) : numeric;
}

/** No text of a date is longer; the patterns are not tried on longer text. */
const LONGEST = 80;

/** Reads the formats SQL Server accepts under SET DATEFORMAT mdy and us_english. */
export function parseDateTime(source: string, style?: number): ParsedDateTime | DateParseFailure {
  let text = source.trim();
  if (text === '') return { days: DAYS_1900, time: 0, offset: undefined, fractionDigits: 0 };
  if (text.length > LONGEST) return 'syntax';
  const order = style === undefined ? undefined : STYLE_ORDER.get(style);

  let offset: number | undefined;
  const zone = text.includes(':') ? ZONE.exec(text) : null;
  if (zone?.[1] !== undefined && zone[2] !== undefined && /:\d/.test(zone[1])) {
    text = zone[1];
    if (/^z$/i.test(zone[2])) offset = 0;
    else {
      const [h = '0', m = '0'] = zone[2].slice(1).split(':');
      offset = (zone[2].startsWith('-') ? -1 : 1) * (Number(h) * 60 + Number(m));
      if (Number(m) > 59 || Math.abs(offset) > 14 * 60) return 'range';
    }
  }
  const finish = (
    days: number | DateParseFailure,
    clock: { time: number; fractionDigits: number } | DateParseFailure,
  ): ParsedDateTime | DateParseFailure => {
    if (typeof days === 'string') return days;
    return typeof clock === 'string' ? clock : { days, ...clock, offset };
  };
  const noTime = { time: 0, fractionDigits: 0 };

  // ISO 8601 with T.
  const iso = /^(\d{4}-\d{2}-\d{2}|\d{8})T(.+)$/.exec(text);
  if (iso) return finish(parseDate(iso[1] ?? '', 'ymd'), parseTime(iso[2] ?? ''));
  if (!/[:]|\d\s*[ap]m$/i.test(text)) return finish(parseDate(text, order), noTime);
  const clock = /(?:^|\s)(\d{1,2}(?:(?::\d{1,2}){1,2}(?:[.:]\d+)?)?\s*(?:am|pm)?)$/i.exec(text);
  if (clock?.[1] !== undefined && /:|[ap]m$/i.test(clock[1])) {
    const before = text.slice(0, clock.index).trim();
    return finish(before === '' ? DAYS_1900 : parseDate(before, order), parseTime(clock[1].trim()));
  }
  // The time comes before the date.
  const first = /^(\d{1,2}(?::\d{1,2}){1,2}(?:[.:]\d+)?\s*(?:am|pm)?)\s+(.+)$/i.exec(text);
  if (first) return finish(parseDate((first[2] ?? '').trim(), order), parseTime((first[1] ?? '').trim()));
  return 'syntax';
}
