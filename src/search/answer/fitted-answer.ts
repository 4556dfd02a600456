import type { ShownJoin } from '../joins/shown-join.js';
import type { SearchAnswer, SearchMatch } from './search.types.js';

/** Bytes of UTF-8 of a whole answer as JSON. */
const MAX_BYTES = 8_000;
const MAX_MATCH_BYTES = 5_200;
/** What `left_out` and the frame need at most. */
const REST_BYTES = 700;
const MAX_NOTES = 500;

/** Takes as many matches and joins as fit, in their order, and says how many are left out. */
export function fittedAnswer(
  matches: readonly SearchMatch[],
  furtherMatches: number,
  joins: readonly ShownJoin[],
  notes: readonly string[],
): SearchAnswer {
  const shown = fitting(matches, MAX_MATCH_BYTES);
  const joined = fitting(joins, MAX_BYTES - REST_BYTES - shown.bytes);
  const further = matches.length - shown.items.length + furtherMatches;
  const furtherJoins = joins.length - joined.items.length;
  const leftOut = [
    ...(further === 0 ? [] : [`${further} more match${further === 1 ? '' : 'es'}`]),
    ...(furtherJoins === 0 ? [] : [`${furtherJoins} more join${furtherJoins === 1 ? '' : 's'}`]),
    ...notes,
  ].join('; ');
  return {
    matches: shown.items,
    joins: joined.items,
    ...(leftOut === '' ? {} : { left_out: leftOut.slice(0, MAX_NOTES) }),
  };
}

function fitting<T>(items: readonly T[], limit: number): { readonly items: T[]; readonly bytes: number } {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > limit) break;
    bytes += size;
    taken.push(item);
  }
  return { items: taken, bytes };
}
