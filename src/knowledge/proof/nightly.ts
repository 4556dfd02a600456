import { DAY, HOUR } from '../calendar/periods.js';
import { instantOf, localTime } from '../calendar/time-zone.js';

const AT = 3 * HOUR;
/** So that several processes and tenants do not all ask at the same moment. */
const SPREAD_MS = 30 * 60_000;

/** How many milliseconds it is to the next proof, between 3:00 and 3:30 at night in the time zone. */
export function untilNextProof(now: number, zone: string, random: () => number = Math.random): number {
  const local = localTime(now, zone);
  const today = Math.floor(local / DAY) * DAY + AT;
  const next = instantOf(local < today ? today : today + DAY, zone);
  return Math.max(next - now, 0) + Math.floor(random() * SPREAD_MS);
}
