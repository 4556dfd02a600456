import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { formatOffset } from '../date-format.ts';
import {
  addDatePart,
  bucketStart,
  countDateParts,
  datePartOf,
  isTimePart,
  readDatePart,
  truncateDatePart,
  type DatePart,
  isoWeekday,
} from '../date-parts.ts';
import {
  DAYS_1900,
  MONTHS,
  WEEKDAYS,
  civilFromDays,
  datetimeMilliseconds,
  dayTimeReader,
  splitTicks,
  valueFromDayTime,
  type DayTime,
} from '../dates.ts';
import { SqlError } from '../sql-error.ts';
import type { DateTimeOffsetValue, SqlType, Value } from '../sql-type.ts';
import { atTimeZone } from '../time-zones.ts';
import { BIGINT, DATE, DATETIME, INT, isDateTime, isString, nvarchar } from '../types.ts';
import {
  argument,
  bigint,
  dateTime,
  define,
  dynamic,
  int,
  invalidArgument,
  keyword,
  lenient,
  strict,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';

const unsupportedPart = (part: DatePart, call: Call, t: SqlType): SqlError =>
  new SqlError(
    9810,
    `The datepart ${part} is not supported by date function ${call.name.toLowerCase()} for data type ${t.name}.`,
  );

/** date has no time parts, time has no date parts. */
function checkPart(part: DatePart, call: Call, t: SqlType): void {
  const allowed = t.name === 'date' ? !isTimePart(part) : t.name === 'time' ? isTimePart(part) : true;
  if (!allowed || (part === 'tzoffset' && t.name !== 'datetimeoffset' && t.name !== 'datetime2'))
    throw unsupportedPart(part, call, t);
}

const overflowError = (t: SqlType): SqlError =>
  new SqlError(517, `Adding a value to a '${t.name}' column caused an overflow.`);

/** Day and time as the type shows them: datetime counts in whole milliseconds. */
function shownReader(t: SqlType): (v: Value) => DayTime {
  const read = dayTimeReader(t);
  if (t.name !== 'datetime') return read;
  return v => {
    const { days, time } = read(v);
    return { days, time: datetimeMilliseconds(time) * 10_000 };
  };
}

const offsetOf = (v: Value): number => (v !== null && typeof v === 'object' && 'offset' in v ? v.offset : 0);

function datePart(call: Call, partName?: DatePart): BoundExpression {
  const part = partName ?? datePartOf(keyword(call, 0), 'datepart');
  const x = dateTime(call, partName ? 0 : 1);
  if (!partName) checkPart(part, call, x.type);
  const read = shownReader(x.type);
  if (x.type.name === 'date') {
    if (part === 'year') return strict(INT, [x], v => civilFromDays(v as number).year);
    if (part === 'month') return strict(INT, [x], v => civilFromDays(v as number).month);
  }
  // The first day of the week is a setting of the session, so such parts cannot be folded.
  if (part === 'week' || part === 'weekday') {
    const { session } = call.context;
    return dynamic(INT, [x], v => (v === null ? null : readDatePart(part, read(v), session.dateFirst(), 0)));
  }
  return strict(INT, [x], v => readDatePart(part, read(v), 7, offsetOf(v)));
}

function dateName(call: Call): BoundExpression {
  const part = datePartOf(keyword(call, 0), 'datename');
  const x = dateTime(call, 1);
  checkPart(part, call, x.type);
  const read = shownReader(x.type);
  const { session } = call.context;
  return dynamic(nvarchar(30), [x], v => {
    if (v === null) return null;
    const at = read(v);
    if (part === 'month') return MONTHS[civilFromDays(at.days).month - 1] ?? null;
    if (part === 'weekday') return WEEKDAYS[isoWeekday(at.days) % 7] ?? null;
    if (part === 'tzoffset') return formatOffset(offsetOf(v));
    return String(readDatePart(part, at, session.dateFirst(), 0));
  });
}

function dateAdd(call: Call): BoundExpression {
  const part = datePartOf(keyword(call, 0), 'dateadd');
  const x = dateTime(call, 2, DATETIME);
  const t = x.type;
  if (part === 'tzoffset' || part === 'iso_week') throw unsupportedPart(part, call, t);
  checkPart(part, call, t);
  if ((part === 'microsecond' || part === 'nanosecond') && (t.name === 'datetime' || t.name === 'smalldatetime')) {
    throw unsupportedPart(part, call, t);
  }
  const read = t.name === 'datetime' && isTimePart(part) ? shownReader(t) : dayTimeReader(t);
  return strict(t, [bigint(call, 1), x], (n, v) => {
    const at = addDatePart(part, n as bigint, read(v));
    if (t.name === 'time') return at.time;
    const value = valueFromDayTime(t, at.days, at.time, offsetOf(v));
    if (value === undefined) throw overflowError(t);
    return value;
  });
}

/** datetimeoffset is counted in UTC. */
const utcReader = (t: SqlType): ((v: Value) => DayTime) =>
  t.name === 'datetimeoffset' ? v => splitTicks((v as DateTimeOffsetValue).utcTicks) : shownReader(t);

function dateDiff(type: SqlType): FunctionDefinition {
  return define(3, 3, call => {
    const part = datePartOf(keyword(call, 0), call.name);
    const [a, b] = [dateTime(call, 1), dateTime(call, 2)];
    if (part === 'tzoffset' || part === 'iso_week') throw unsupportedPart(part, call, a.type);
    const [readA, readB] = [utcReader(a.type), utcReader(b.type)];
    return strict(type, [a, b], (x, y) => {
      const count = countDateParts(part, readA(x), readB(y));
      if (type === BIGINT) return count;
      if (count > 2147483647n || count < -2147483648n) {
        throw new SqlError(
          535,
          'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.',
        );
      }
      return Number(count);
    });
  });
}

function dateTruncate(call: Call): BoundExpression {
  const part = datePartOf(keyword(call, 0), 'datetrunc');
  const x = dateTime(call, 1);
  const t = x.type;
  if (part === 'weekday' || part === 'tzoffset' || part === 'nanosecond') throw unsupportedPart(part, call, t);
  checkPart(part, call, t);
  const read = dayTimeReader(t);
  const { session } = call.context;
  return dynamic(t, [x], v => {
    if (v === null) return null;
    const at = truncateDatePart(part, read(v), session.dateFirst());
    const value = valueFromDayTime(t, at.days, at.time, offsetOf(v));
    if (value === undefined) throw overflowError(t);
    return value;
  });
}

function dateBucket(call: Call): BoundExpression {
  const part = datePartOf(keyword(call, 0), 'date_bucket');
  const x = dateTime(call, 2);
  const t = x.type;
  const parts = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
  if (!parts.includes(part)) throw unsupportedPart(part, call, t);
  checkPart(part, call, t);
  if (call.args.length > 3 && !isDateTime(argument(call, 3).type) && !isString(argument(call, 3).type)) {
    throw invalidArgument(call, 3, argument(call, 3).type);
  }
  const origin = call.args.length > 3 ? castExpression(argument(call, 3), t, { implicit: true }) : undefined;
  const read = dayTimeReader(t);
  return lenient(t, [bigint(call, 1), x, ...(origin ? [origin] : [])], (n, v, o) => {
    if (n === null || v === null || o === null) return null;
    if (n === undefined || (n as bigint) <= 0n) {
      throw new SqlError(
        9834,
        'Invalid bucket width value passed to date_bucket function. Only positive values are allowed.',
      );
    }
    const at = bucketStart(
      part,
      n as bigint,
      read(v as Value),
      o === undefined ? { days: DAYS_1900, time: 0 } : read(o),
    );
    const value = valueFromDayTime(t, at.days, at.time, offsetOf(v as Value));
    if (value === undefined) throw overflowError(t);
    return value;
  });
}

function endOfMonth(call: Call): BoundExpression {
  const x = castExpression(dateTime(call, 0), DATE, { implicit: true });
  const args = call.args.length > 1 ? [x, int(call, 1)] : [x];
  return lenient(DATE, args, (v, n) => {
    if (v === null) return null;
    const { days } = addDatePart(
      'month',
      BigInt((n as number | null | undefined) ?? 0) + 1n,
      truncateDatePart('month', { days: v as number, time: 0 }, 7),
    );
    const value = valueFromDayTime(DATE, days - 1, 0);
    if (value === undefined) throw overflowError(DATE);
    return value;
  });
}

const isDate: FunctionDefinition = define(1, 1, call => {
  const x = argument(call, 0);
  if (x.type.name === 'datetime' || x.type.name === 'smalldatetime')
    return lenient(INT, [x], v => (v === null ? 0 : 1));
  if (isDateTime(x.type)) throw invalidArgument(call, 0, x.type);
  if (!isString(x.type)) return lenient(INT, [x], () => 0);
  const attempt = castExpression(x, DATETIME, { try: true });
  return lenient(INT, [x, attempt], (s, v) => (v === null || s === '' ? 0 : 1));
});

export const DATE_FUNCTIONS: FunctionTable = {
  // This is the operator: no function call can have a name with spaces.
  'AT TIME ZONE': define(2, 2, call => atTimeZone(argument(call, 0), argument(call, 1))),
  DATEPART: define(2, 2, call => datePart(call)),
  YEAR: define(1, 1, call => datePart(call, 'year')),
  MONTH: define(1, 1, call => datePart(call, 'month')),
  DAY: define(1, 1, call => datePart(call, 'day')),
  DATENAME: define(2, 2, dateName),
  DATEADD: define(3, 3, dateAdd),
  DATEDIFF: dateDiff(INT),
  DATEDIFF_BIG: dateDiff(BIGINT),
  DATETRUNC: define(2, 2, dateTruncate),
  DATE_BUCKET: define(3, 4, dateBucket),
  EOMONTH: define(1, 2, endOfMonth),
  ISDATE: isDate,
};
