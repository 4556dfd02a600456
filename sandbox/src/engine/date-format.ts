import {
  MONTHS,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  civilFromDays,
  datetimeMilliseconds,
  dayTimeReader,
  splitTicks,
} from './dates.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { DateTimeOffsetValue, SqlType, Value } from './sql-type.ts';
import { catalogTypeName } from './types.ts';

const pad2 = (n: number): string => (n < 10 ? `0${n}` : String(n));
const pad4 = (n: number): string => String(n).padStart(4, '0');

/** "+02:00" */
export function formatOffset(minutes: number): string {
  const m = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad2(Math.floor(m / 60))}:${pad2(m % 60)}`;
}

/** The digits behind the seconds that the type shows, without the point. */
function fractionDigits(t: SqlType, time: number): string {
  if (t.name === 'smalldatetime') return '000';
  if (t.name === 'datetime') return String(datetimeMilliseconds(time) % 1000).padStart(3, '0');
  const scale = t.scale ?? 7;
  return String(time % TICKS_PER_SECOND)
    .padStart(7, '0')
    .slice(0, scale);
}

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}
function clockOf(t: SqlType, time: number): Clock {
  // The ticks of a datetime are rounded to 100 ns: its milliseconds may belong to the next second.
  const ticks = t.name === 'datetime' ? datetimeMilliseconds(time) * 10_000 : time;
  return {
    hour: Math.floor(ticks / TICKS_PER_HOUR),
    minute: Math.floor(ticks / TICKS_PER_MINUTE) % 60,
    second: Math.floor(ticks / TICKS_PER_SECOND) % 60,
  };
}

/** The parts that a style shows (learn.microsoft.com: CAST and CONVERT, date and time styles). */
type Shape = {
  readonly date?: (y: number, m: number, d: number) => string;
  readonly time?: TimeShape;
  readonly join?: string;
};
type TimeShape = 'hm12' | 'hms12' | 'hms' | 'hmsf' | 'hmsf?';

const mon = (m: number): string => (MONTHS[m - 1] ?? '').slice(0, 3);
const yy = (y: number): string => pad2(y % 100);
const ymd = (y: number, m: number, d: number): string => `${pad4(y)}-${pad2(m)}-${pad2(d)}`;
const dmy = (s: string) => ({
  short: (y: number, m: number, d: number) => `${pad2(d)}${s}${pad2(m)}${s}${yy(y)}`,
  long: (y: number, m: number, d: number) => `${pad2(d)}${s}${pad2(m)}${s}${pad4(y)}`,
});
const mdy = (s: string) => ({
  short: (y: number, m: number, d: number) => `${pad2(m)}${s}${pad2(d)}${s}${yy(y)}`,
  long: (y: number, m: number, d: number) => `${pad2(m)}${s}${pad2(d)}${s}${pad4(y)}`,
});
const monDay = (y: number, m: number, d: number): string => `${mon(m)} ${String(d).padStart(2)} ${pad4(y)}`;
const dayMon = (y: number, m: number, d: number): string => `${pad2(d)} ${mon(m)} ${pad4(y)}`;

const STYLES: Readonly<Record<number, Shape>> = {
  0: { date: monDay, time: 'hm12' },
  100: { date: monDay, time: 'hm12' },
  1: { date: mdy('/').short },
  101: { date: mdy('/').long },
  2: { date: (y, m, d) => `${yy(y)}.${pad2(m)}.${pad2(d)}` },
  102: { date: (y, m, d) => `${pad4(y)}.${pad2(m)}.${pad2(d)}` },
  3: { date: dmy('/').short },
  103: { date: dmy('/').long },
  4: { date: dmy('.').short },
  104: { date: dmy('.').long },
  5: { date: dmy('-').short },
  105: { date: dmy('-').long },
  6: { date: (y, m, d) => `${pad2(d)} ${mon(m)} ${yy(y)}` },
  106: { date: dayMon },
  7: { date: (y, m, d) => `${mon(m)} ${pad2(d)}, ${yy(y)}` },
  107: { date: (y, m, d) => `${mon(m)} ${pad2(d)}, ${pad4(y)}` },
  8: { time: 'hms' },
  24: { time: 'hms' },
  108: { time: 'hms' },
  9: { date: monDay, time: 'hms12' },
  109: { date: monDay, time: 'hms12' },
  10: { date: mdy('-').short },
  110: { date: mdy('-').long },
  11: { date: (y, m, d) => `${yy(y)}/${pad2(m)}/${pad2(d)}` },
  111: { date: (y, m, d) => `${pad4(y)}/${pad2(m)}/${pad2(d)}` },
  12: { date: (y, m, d) => `${yy(y)}${pad2(m)}${pad2(d)}` },
  112: { date: (y, m, d) => `${pad4(y)}${pad2(m)}${pad2(d)}` },
  13: { date: dayMon, time: 'hmsf' },
  113: { date: dayMon, time: 'hmsf' },
  14: { time: 'hmsf' },
  114: { time: 'hmsf' },
  20: { date: ymd, time: 'hms' },
  120: { date: ymd, time: 'hms' },
  21: { date: ymd, time: 'hmsf' },
  25: { date: ymd, time: 'hmsf' },
  121: { date: ymd, time: 'hmsf' },
  22: { date: mdy('/').short, time: 'hms12' },
  23: { date: ymd },
  126: { date: ymd, time: 'hmsf?', join: 'T' },
  127: { date: ymd, time: 'hmsf?', join: 'T' },
};
const COLON_FRACTION = new Set([9, 109, 13, 113, 14, 114]);

function formatTime(shape: TimeShape, style: number, t: SqlType, time: number): string {
  const c = clockOf(t, time);
  const fraction = fractionDigits(t, time);
  const legacy = t.name === 'datetime' || t.name === 'smalldatetime';
  const point = legacy && COLON_FRACTION.has(style) ? ':' : '.';
  const hms = `${pad2(c.hour)}:${pad2(c.minute)}:${pad2(c.second)}`;
  const hour12 = String(c.hour % 12 || 12).padStart(2);
  const half = c.hour < 12 ? 'AM' : 'PM';
  switch (shape) {
    case 'hm12':
      return `${hour12}:${pad2(c.minute)}${half}`;
    case 'hms12': {
      if (style === 22) return `${hour12}:${pad2(c.minute)}:${pad2(c.second)} ${half}`;
      return `${hour12}:${pad2(c.minute)}:${pad2(c.second)}${fraction && point + fraction}${half}`;
    }
    case 'hms':
      return hms;
    case 'hmsf':
      return fraction ? `${hms}${point}${fraction}` : hms;
    // Style 126: a fraction of zero isn't shown.
    case 'hmsf?':
      return Number(fraction) === 0 ? hms : `${hms}.${fraction}`;
  }
}

function defaultStyle(t: SqlType): number {
  return t.name === 'datetime' || t.name === 'smalldatetime' ? 0 : 121;
}

/** A function that turns values of the date/time type into text by a style of CONVERT. */
export function dateTimeFormatter(t: SqlType, requested: number | undefined, target: string): (v: Value) => string {
  const style = requested ?? defaultStyle(t);
  if (style === 130 || style === 131) throw notSupported(`CONVERT style ${style} (Hijri calendar)`);
  const shape = STYLES[style];
  if (!shape) {
    throw new SqlError(
      281,
      `${style} is not a valid style number when converting from ${catalogTypeName(t)} to a character string.`,
    );
  }
  const unsupported = (): SqlError =>
    new SqlError(9809, `The style ${style} is not supported for conversions from ${t.name} to ${target}.`);
  const { date, time, join = ' ' } = shape;
  const read = dayTimeReader(t);
  if (t.name === 'date') {
    if (!date) throw unsupported();
    return v => {
      const c = civilFromDays(v as number);
      return date(c.year, c.month, c.day);
    };
  }
  if (t.name === 'time') {
    if (!time) throw unsupported();
    return v => formatTime(time, style, t, v as number);
  }
  const withOffset = t.name === 'datetimeoffset' && time !== undefined;
  return v => {
    // Style 127 shows the instant in UTC.
    const utc = withOffset && style === 127;
    const { days, time: ticks } = utc ? splitTicks((v as DateTimeOffsetValue).utcTicks) : read(v);
    const parts: string[] = [];
    if (date) {
      const c = civilFromDays(days);
      parts.push(date(c.year, c.month, c.day));
    }
    if (time) parts.push(formatTime(time, style, t, ticks));
    const text = parts.join(join);
    if (!withOffset) return text;
    return utc ? `${text}Z` : `${text}${style === 126 ? '' : ' '}${formatOffset((v as DateTimeOffsetValue).offset)}`;
  };
}
