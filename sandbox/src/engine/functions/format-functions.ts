import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import { datetimeMilliseconds, dayTimeReader } from '../dates.ts';
import type { DateTimeOffsetValue, SqlType, Value } from '../sql-type.ts';
import { NVARCHAR_MAX, isApproximate, isDateTime, isInteger, isNumeric, nvarchar, precisionScale } from '../types.ts';
import { cultureOf, type Culture } from './culture.ts';
import { argument, define, invalidArgument, strict, text, type Call, type FunctionTable } from './definition.ts';
import { formatDate, formatTimeOfDay } from './net-date-format.ts';
import { formatNumber, fromDouble } from './number-format.ts';

type Formatter = (v: Value, format: string, culture: Culture) => string | undefined;

function formatterFor(t: SqlType): Formatter | undefined {
  if (isApproximate(t)) return (v, f, c) => formatNumber(fromDouble(v as number), f, c);
  if (isNumeric(t)) {
    const { scale } = precisionScale(t);
    const integer = isInteger(t);
    if (t.name === 'bit') return undefined;
    return (v, f, c) => formatNumber({ value: BigInt(v as number | bigint), scale, integer }, f, c);
  }
  if (t.name === 'time') return (v, f) => formatTimeOfDay(v as number, f);
  if (!isDateTime(t)) return undefined;
  const read = dayTimeReader(t);
  return (v, f, c) => {
    const { days, time } = read(v);
    const shown = t.name === 'datetime' ? datetimeMilliseconds(time) * 10_000 : time;
    return formatDate(
      { days, time: shown, offset: t.name === 'datetimeoffset' ? (v as DateTimeOffsetValue).offset : undefined },
      f,
      c,
    );
  };
}

/** FORMAT: .NET's formatting; NULL for a format the value doesn't have, error 9818 for an unknown culture. */
function format(call: Call): BoundExpression {
  const x = argument(call, 0);
  const formatter = x.type.untypedNull ? undefined : formatterFor(x.type);
  if (!formatter) throw invalidArgument(call, 0, x.type);
  const pattern = castExpression(text(call, 1), NVARCHAR_MAX);
  const args = call.args.length > 2 ? [x, pattern, text(call, 2)] : [x, pattern];
  return strict(
    nvarchar(4000),
    args,
    (v, f, culture) => formatter(v, f as string, cultureOf((culture as string | undefined) ?? 'en-US')) ?? null,
  );
}

export const FORMAT_FUNCTIONS: FunctionTable = { FORMAT: define(2, 3, format) };
