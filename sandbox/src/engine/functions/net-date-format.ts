import { formatOffset } from '../date-format.ts';
import { isoWeekday } from '../date-parts.ts';
import { civilFromDays } from '../dates.ts';
import type { Culture } from './culture.ts';

export interface FormattableDate {
  readonly days: number;
  /** 100 ns since midnight. */
  readonly time: number;
  readonly offset: number | undefined;
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/** Standard formats as custom ones (learn.microsoft.com: Standard date and time format strings). */
function expand(format: string, c: Culture): string | undefined {
  switch (format) {
    case 'd':
      return c.shortDate;
    case 'D':
      return c.longDate;
    case 'f':
      return `${c.longDate} ${c.shortTime}`;
    case 'F':
      return `${c.longDate} ${c.longTime}`;
    case 'g':
      return `${c.shortDate} ${c.shortTime}`;
    case 'G':
      return `${c.shortDate} ${c.longTime}`;
    case 'm':
    case 'M':
      return c.monthDay;
    case 'o':
    case 'O':
      return "yyyy-MM-dd'T'HH:mm:ss.fffffffK";
    case 'r':
    case 'R':
      return "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'";
    case 's':
      return "yyyy'-'MM'-'dd'T'HH':'mm':'ss";
    case 't':
      return c.shortTime;
    case 'T':
      return c.longTime;
    case 'u':
      return "yyyy'-'MM'-'dd HH':'mm':'ss'Z'";
    case 'U':
      return `${c.longDate} ${c.longTime}`;
    case 'y':
    case 'Y':
      return c.yearMonth;
    default:
      return undefined;
  }
}

const TOKENS = /'[^']*'|"[^"]*"|\\.|%(?=[dfFghHKmMstyz])|d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|[:/]|[\s\S]/g;

/** ToString(format, culture) of .NET's DateTime; undefined for a format that isn't valid. */
export function formatDate(d: FormattableDate, requested: string, culture: Culture): string | undefined {
  const invariant = /^[rRosOu]$/.test(requested);
  const format =
    requested.length === 1 ? expand(requested, culture) : requested === '' ? expand('G', culture) : requested;
  if (format === undefined) return undefined;
  const { year, month, day } = civilFromDays(d.days);
  const hour = Math.floor(d.time / 36e9);
  const minute = Math.floor(d.time / 6e8) % 60;
  const second = Math.floor(d.time / 1e7) % 60;
  const fraction = pad(d.time % 1e7, 7);
  const weekday = isoWeekday(d.days) % 7;
  const english = requested === 'r' || requested === 'R';
  const names = english
    ? { months: ENGLISH_MONTHS, shortMonths: ENGLISH_MONTHS, weekdays: ENGLISH_DAYS, shortWeekdays: ENGLISH_DAYS }
    : culture;
  let result = '';
  for (const [t] of format.matchAll(TOKENS)) {
    const n = t.length;
    switch (t[0]) {
      case "'":
      case '"':
        result += n > 1 ? t.slice(1, -1) : t;
        break;
      case '\\':
        result += t.slice(1);
        break;
      case '%':
        result += n > 1 ? '' : t === '%' && format.startsWith('%') ? '' : t;
        break;
      case 'd':
        result += n >= 4 ? names.weekdays[weekday] : n === 3 ? names.shortWeekdays[weekday] : pad(day, n);
        break;
      case 'M':
        result += n >= 4 ? names.months[month - 1] : n === 3 ? names.shortMonths[month - 1] : pad(month, n);
        break;
      case 'y':
        result += n <= 2 ? pad(year % 100, n) : pad(year, n);
        break;
      case 'H':
        result += pad(hour, Math.min(n, 2));
        break;
      case 'h':
        result += pad(hour % 12 || 12, Math.min(n, 2));
        break;
      case 'm':
        result += pad(minute, Math.min(n, 2));
        break;
      case 's':
        result += pad(second, Math.min(n, 2));
        break;
      case 'f':
        if (n > 7) return undefined;
        result += fraction.slice(0, n);
        break;
      case 'F': {
        if (n > 7) return undefined;
        const short = fraction.slice(0, n).replace(/0+$/, '');
        result = short === '' && result.endsWith('.') ? result.slice(0, -1) : result + short;
        break;
      }
      case 't': {
        const half = culture.dayPeriods[hour < 12 ? 0 : 1];
        result += n === 1 ? half.slice(0, 1) : half;
        break;
      }
      case 'g':
        result += 'A.D.';
        break;
      case 'K':
        result += d.offset === undefined ? '' : formatOffset(d.offset);
        break;
      case 'z': {
        const full = formatOffset(d.offset ?? 0);
        result += n >= 3 ? full : n === 2 ? full.slice(0, 3) : full[0] + String(Number(full.slice(1, 3)));
        break;
      }
      case '/':
        result += invariant ? '/' : culture.dateSeparator;
        break;
      default:
        result += t;
    }
  }
  return result;
}

const ENGLISH_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ENGLISH_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** TimeSpan formats: separators must be quoted or escaped, otherwise the format is invalid. */
export function formatTimeOfDay(time: number, format: string): string | undefined {
  const [hour, minute, second] = [Math.floor(time / 36e9), Math.floor(time / 6e8) % 60, Math.floor(time / 1e7) % 60];
  const fraction = pad(time % 1e7, 7);
  const constant = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${Number(fraction) === 0 ? '' : `.${fraction}`}`;
  if (format === '' || format === 'c' || format === 't' || format === 'T') return constant;
  if (format === 'g')
    return `${hour}:${pad(minute, 2)}:${pad(second, 2)}${Number(fraction) === 0 ? '' : `.${fraction.replace(/0+$/, '')}`}`;
  if (format === 'G') return `0:${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${fraction}`;
  let result = '';
  for (const [t] of format.matchAll(/'[^']*'|"[^"]*"|\\.|%|h+|m+|s+|f+|F+|d+|[\s\S]/g)) {
    const n = t.length;
    if (t[0] === "'" || t[0] === '"') result += t.slice(1, -1);
    else if (t[0] === '\\') result += t.slice(1);
    else if (t === '%') continue;
    else if (t[0] === 'h' && n <= 2) result += pad(hour, n);
    else if (t[0] === 'm' && n <= 2) result += pad(minute, n);
    else if (t[0] === 's' && n <= 2) result += pad(second, n);
    else if (t[0] === 'f' && n <= 7) result += fraction.slice(0, n);
    else if (t[0] === 'F' && n <= 7) result += fraction.slice(0, n).replace(/0+$/, '');
    else if (t[0] === 'd' && n <= 8) result += pad(0, n);
    else return undefined;
  }
  return result;
}
