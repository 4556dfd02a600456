import { binary } from './arithmetic.ts';
import type { BoundExpression } from './contracts.ts';
import { castExpression } from './convert.ts';
import {
  TICKS_PER_MINUTE,
  dayTimeReader,
  ticksFromUnixMilliseconds,
  toTicks,
  unixMillisecondsFromTicks,
} from './dates.ts';
import { SqlError } from './sql-error.ts';
import type { DateTimeOffsetValue, SqlType } from './sql-type.ts';
import { DATETIME2, NVARCHAR_MAX, datetimeoffset, isDateTime, isString } from './types.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';

const BY_LOWER_NAME = new Map([...WINDOWS_ZONES].map(([windows, iana]) => [windows.toLowerCase(), iana]));

interface Zone {
  /** Offset in minutes at an instant given in ticks. */
  offsetAt(utcTicks: bigint): number;
}

/** Offsets change on the quarter of an hour at most: they're kept per such quarter. */
const QUARTER = 900_000;
const CACHE_LIMIT = 10_000;

function buildZone(iana: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: iana,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  const read = (ms: number): number => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(ms)) parts[type] = value;
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
    local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
    return Math.round((local.getTime() - ms) / 60_000);
  };
  return {
    offsetAt: ticks => {
      const quarter = Math.floor(unixMillisecondsFromTicks(ticks) / QUARTER);
      let offset = known.get(quarter);
      if (offset === undefined) {
        offset = read(quarter * QUARTER);
        if (known.size >= CACHE_LIMIT) known.clear();
        known.set(quarter, offset);
      }
      return offset;
    },
  };
}

const zones = new Map<string, Zone>();

function timeZone(name: string): Zone {
  const iana = BY_LOWER_NAME.get(name.trim().toLowerCase());
  if (iana === undefined) {
    throw new SqlError(9820, `The time zone parameter '${name}' provided to AT TIME ZONE clause is invalid.`);
  }
  let zone = zones.get(iana);
  if (!zone) {
    zone = buildZone(iana);
    zones.set(iana, zone);
  }
  return zone;
}

const minutes = (n: number): bigint => BigInt(n) * BigInt(TICKS_PER_MINUTE);
const DAY = 24n * 60n * minutes(1);

/**
 * A wall-clock time in a zone (learn.microsoft.com: AT TIME ZONE, Remarks): within the gap when clocks go forward it
 * moves on by the gap; within the overlap when they go back it counts with the offset before the change.
 */
function localToZone(local: bigint, zone: Zone): DateTimeOffsetValue {
  const before = zone.offsetAt(local - DAY);
  const after = zone.offsetAt(local + DAY);
  for (const offset of before === after ? [before] : [before, after]) {
    const utcTicks = local - minutes(offset);
    if (zone.offsetAt(utcTicks) === offset) return { utcTicks, offset };
  }
  if (before === after) {
    // The zone changed twice within two days: use the offset of the instant itself.
    const offset = zone.offsetAt(local - minutes(before));
    return { utcTicks: local - minutes(offset), offset };
  }
  const utcTicks = local - minutes(before);
  return { utcTicks, offset: zone.offsetAt(utcTicks) };
}

/** `x AT TIME ZONE zone`. */
export function atTimeZone(x: BoundExpression, zone: BoundExpression): BoundExpression {
  const source = isString(x.type) || x.type.untypedNull ? castExpression(x, DATETIME2, { implicit: true }) : x;
  const t = source.type;
  if (!isDateTime(t) || t.name === 'date' || t.name === 'time') {
    throw new SqlError(8116, `Argument data type ${t.name} is invalid for argument 1 of AT TIME ZONE function.`);
  }
  const name = castExpression(zone, NVARCHAR_MAX, { implicit: true });
  const type: SqlType = datetimeoffset(t.scale ?? (t.name === 'datetime' ? 3 : t.name === 'smalldatetime' ? 0 : 7));
  const read = dayTimeReader(t);
  return binary(type, source, name, (v, zoneName) => {
    const z = timeZone(zoneName as string);
    if (t.name === 'datetimeoffset') {
      const { utcTicks } = v as DateTimeOffsetValue;
      return { utcTicks, offset: z.offsetAt(utcTicks) };
    }
    const { days, time } = read(v);
    // A datetime counts as the milliseconds that it shows.
    const shown = t.name === 'datetime' ? Math.round(time / 10_000) * 10_000 : time;
    return localToZone(toTicks(days, shown), z);
  });
}

/** Rows of sys.time_zone_info: name, current offset as text, whether daylight saving time holds now. */
export function timeZoneInfo(utcTicks: bigint): { name: string; offset: number; isDst: boolean }[] {
  return [...WINDOWS_ZONES.keys()].map(name => {
    const zone = timeZone(name);
    const offset = zone.offsetAt(utcTicks);
    const year = new Date(unixMillisecondsFromTicks(utcTicks)).getUTCFullYear();
    const [january, july] = [0, 6].map(m => zone.offsetAt(ticksFromUnixMilliseconds(Date.UTC(year, m, 1))));
    return { name, offset, isDst: january !== july && offset === Math.max(january ?? 0, july ?? 0) };
  });
}
