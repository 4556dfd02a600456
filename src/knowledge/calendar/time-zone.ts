/** Milliseconds of a wall clock, counted as if it showed UTC. */
export type LocalTime = number;

const MINUTE = 60_000;
const DAY = 86_400_000;
const MAX_REMEMBERED = 500;

/** From this moment on, in milliseconds of UTC, local time is so many minutes ahead of UTC. */
export interface OffsetStep {
  readonly from: number;
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const steps = new Map<string, readonly OffsetStep[]>();

/** What the wall clock of the zone shows at a moment. */
export function localTime(instant: number, zone: string): LocalTime {
  return instant + offsetAt(instant, zone) * MINUTE;
}

/**
 * The moment at which the wall clock shows this time; the first of two. Where clocks leave it out, as some zones leave out
 * midnight, it is the moment at which they change: what comes later is later.
 */
export function instantOf(local: LocalTime, zone: string): number {
  const before = local - offsetAt(local - DAY, zone) * MINUTE;
  if (localTime(before, zone) === local) return before;
  const after = local - offsetAt(local + DAY, zone) * MINUTE;
  if (localTime(after, zone) === local) return after;
  return offsetSteps(zone, after, before + 1).at(-1)?.from ?? after;
}

/** The offsets that hold between two moments, the first of them from the beginning. */
export function offsetSteps(zone: string, from: number, to: number): readonly OffsetStep[] {
  const found: OffsetStep[] = [{ from, minutes: offsetAt(from, zone) }];
  const [first, last] = [from, to].map(moment => new Date(moment).getUTCFullYear()) as [number, number];
  for (let year = first; year <= last; year++)
    found.push(...stepsIn(year, zone).filter(step => step.from > from && step.from < to));
  return found;
}

/** The changes of clocks in a year. */
function stepsIn(year: number, zone: string): readonly OffsetStep[] {
  const key = `${zone} ${year}`;
  let known = steps.get(key);
  if (known === undefined) {
    if (steps.size >= MAX_REMEMBERED) steps.clear();
    steps.set(key, (known = findSteps(year, zone)));
  }
  return known;
}

function findSteps(year: number, zone: string): readonly OffsetStep[] {
  const found: OffsetStep[] = [];
  const end = Date.UTC(year + 1, 0);
  let minutes = offsetAt(Date.UTC(year, 0), zone);
  for (let day = Date.UTC(year, 0); day < end; day += DAY) {
    const later = offsetAt(day + DAY, zone);
    if (later === minutes) continue;
    let [low, high] = [day, day + DAY];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE;
      if (offsetAt(middle, zone) === minutes) low = middle;
      else high = middle;
    }
    found.push({ from: high, minutes: later });
    minutes = later;
  }
  return found;
}

/** How many minutes local time is ahead of UTC. */
function offsetAt(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const options = { timeZone: zone, hourCycle: 'h23', era: 'short' } as const;
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat('en-US', { ...options, ...fields, second: 'numeric' })));
  }
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = value;
  const wall = Date.UTC(
    Number(part['year']),
    Number(part['month']) - 1,
    Number(part['day']),
    Number(part['hour']),
    Number(part['minute']),
    Number(part['second']),
  );
  return Math.round((wall - Math.floor(instant / 1000) * 1000) / MINUTE);
}
