import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { daysFromCivil, isValidDate, localTicks, splitTicks, valueFromDayTime } from '../dates.ts';
import { SqlError } from '../sql-error.ts';
import type { DateTimeOffsetValue, SqlType } from '../sql-type.ts';
import { DATE, DATETIME, SMALLDATETIME, datetimeoffset, isString } from '../types.ts';
import {
  argument,
  constantNumber,
  dateTime,
  define,
  int,
  strict,
  type Call,
  type FunctionTable,
} from './definition.ts';

const invalidParts = (t: SqlType): SqlError =>
  new SqlError(289, `Cannot construct data type ${t.name}, some of the arguments have values which are not valid.`);

/** Numbers in the order year, month, day, hour, minute, second, ticks behind the second, offset in minutes. */
type Parts = readonly [number, number, number, number, number, number, number, number];

function construct(
  t: SqlType,
  [year, month, day, hour, minute, second, ticks, offset]: Parts,
): ReturnType<typeof valueFromDayTime> {
  const valid =
    isValidDate(year, month, day) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!valid || ticks < 0 || ticks >= 10_000_000 || Math.abs(offset) > 840) return undefined;
  const time = ((hour * 60 + minute) * 60 + second) * 10_000_000 + ticks;
  return valueFromDayTime(t, daysFromCivil(year, month, day), time, offset);
}

function fromParts(call: Call, t: SqlType, count: number, read: (n: readonly number[]) => Parts): BoundExpression {
  const args = Array.from({ length: count }, (_, i) => int(call, i));
  return strict(t, args, (...values) => {
    const value = construct(t, read(values as number[]));
    if (value === undefined) throw invalidParts(t);
    return value;
  });
}

/** The precision argument must be a constant from 0 to 7. */
function precisionArgument(call: Call, index: number, name: string): number {
  const scale = constantNumber(argument(call, index));
  if (scale === undefined)
    throw new SqlError(
      10760,
      `Scale argument is not valid. Valid expressions for data type ${name} scale argument are integer constants and integer constant expressions.`,
    );
  if (scale < 0 || scale > 7) throw new SqlError(1002, `Line 1: Specified scale ${scale} is invalid.`, 15);
  return scale;
}

/** `fraction` counts units of 10^-scale seconds. */
function fractionTicks(fraction: number, scale: number): number {
  return fraction < 0 || fraction >= 10 ** scale ? -1 : fraction * 10 ** (7 - scale);
}

function offsetMinutes(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  if (!isString(x.type)) return int(call, index);
  return strict({ name: 'int' }, [x], v => {
    const m = /^\s*([+-])(\d{1,2}):(\d{2})\s*$/.exec(v as string);
    const minutes = m ? Number(m[2]) * 60 + Number(m[3]) : NaN;
    if (!m || minutes > 840 || Number(m[3]) > 59) throw invalidZone();
    return m[1] === '-' ? -minutes : minutes;
  });
}

const invalidZone = (): SqlError => new SqlError(9812, 'The timezone provided to builtin function is invalid.');

/** SWITCHOFFSET keeps the instant, TODATETIMEOFFSET the wall clock. */
function switchOffset(call: Call): BoundExpression {
  const given = argument(call, 0);
  const type: SqlType = given.type.name === 'datetimeoffset' ? given.type : datetimeoffset(given.type.scale ?? 7);
  const x = castExpression(given, type, { implicit: true });
  return strict(type, [x, offsetMinutes(call, 1)], (v, offset) => {
    if (Math.abs(offset as number) > 840) throw invalidZone();
    return { utcTicks: (v as DateTimeOffsetValue).utcTicks, offset: offset as number };
  });
}

function toDateTimeOffset(call: Call): BoundExpression {
  const source = dateTime(call, 0);
  const type = datetimeoffset(source.type.scale ?? (source.type.name === 'datetime' ? 3 : 7));
  const x = castExpression(source, type, { implicit: true });
  return strict(type, [x, offsetMinutes(call, 1)], (v, offset) => {
    if (Math.abs(offset as number) > 840) throw invalidZone();
    const { days, time } = splitTicks(localTicks(v as DateTimeOffsetValue));
    const value = valueFromDayTime(type, days, time, offset as number);
    if (value === undefined) throw new SqlError(517, "Adding a value to a 'datetimeoffset' column caused an overflow.");
    return value;
  });
}

export const DATE_CONSTRUCTORS: FunctionTable = {
  DATEFROMPARTS: define(3, 3, call => fromParts(call, DATE, 3, ([y = 0, m = 0, d = 0]) => [y, m, d, 0, 0, 0, 0, 0])),
  DATETIMEFROMPARTS: define(7, 7, call =>
    fromParts(call, DATETIME, 7, ([y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0]) => [
      y,
      m,
      d,
      h,
      mi,
      s,
      ms * 10_000,
      0,
    ]),
  ),
  SMALLDATETIMEFROMPARTS: define(5, 5, call =>
    fromParts(call, SMALLDATETIME, 5, ([y = 0, m = 0, d = 0, h = 0, mi = 0]) => [y, m, d, h, mi, 0, 0, 0]),
  ),
  DATETIME2FROMPARTS: define(8, 8, call => {
    const scale = precisionArgument(call, 7, 'datetime2');
    return fromParts(call, { name: 'datetime2', scale }, 7, ([y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0, f = 0]) => [
      y,
      m,
      d,
      h,
      mi,
      s,
      fractionTicks(f, scale),
      0,
    ]);
  }),
  TIMEFROMPARTS: define(5, 5, call => {
    const scale = precisionArgument(call, 4, 'time');
    return fromParts(call, { name: 'time', scale }, 4, ([h = 0, mi = 0, s = 0, f = 0]) => [
      1900,
      1,
      1,
      h,
      mi,
      s,
      fractionTicks(f, scale),
      0,
    ]);
  }),
  DATETIMEOFFSETFROMPARTS: define(10, 10, call => {
    const scale = precisionArgument(call, 9, 'datetimeoffset');
    return fromParts(
      call,
      datetimeoffset(scale),
      9,
      ([y = 0, m = 0, d = 0, h = 0, mi = 0, s = 0, f = 0, zh = 0, zm = 0]) => {
        const bad = (zh > 0 && zm < 0) || (zh < 0 && zm > 0) || Math.abs(zm) > 59;
        return [y, m, d, h, mi, s, fractionTicks(f, scale), bad ? 9999 : zh * 60 + zm];
      },
    );
  }),
  SWITCHOFFSET: define(2, 2, switchOffset),
  TODATETIMEOFFSET: define(2, 2, toDateTimeOffset),
};
