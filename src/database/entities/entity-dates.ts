// Columns without a time zone hold UTC, whatever the zone of the process is. TypeORM reads and writes them as local
// time, so that the same row would be another instant on another machine.

const ZONELESS = new Set<unknown>(['datetime', 'datetime2', 'smalldatetime', Date]);
const WITH_DATE = new Set<unknown>([...ZONELESS, 'datetimeoffset', 'date', 'time']);

export function holdsDate(type: unknown): boolean {
  return WITH_DATE.has(type);
}

/** The value of a column as its entity has it: a Date, or the text for `date` and `time`. */
export function hydratedDate(type: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (ZONELESS.has(type)) return new Date(`${value}Z`);
  return type === 'datetimeoffset' ? new Date(value) : value;
}

/** The text of a Date for a parameter of this SQL type. A text that the type can't hold is refused later, not rounded. */
export function dateParameter(base: string, value: Date): string {
  const iso = value.toISOString();
  switch (base) {
    case 'datetimeoffset':
      return iso;
    case 'datetime':
      return datetime(value);
    case 'date':
      // Only midnight UTC is a day: a local midnight would become the day before or after.
      return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
    default:
      return iso.slice(0, -1);
  }
}

/** A datetime ends in .000, .003 or .007 of a second, so a Date becomes the nearest of them, as the server would do. */
function datetime(value: Date): string {
  const ms = value.getUTCMilliseconds();
  const nearest = new Date(value.getTime() - ms + Math.round((Math.round((ms * 3) / 10) * 10) / 3));
  return nearest.toISOString().slice(0, -1);
}
