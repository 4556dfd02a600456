import { collationFor, type Collation } from './collation.ts';
import { SqlError } from './sql-error.ts';

/** One place of a pattern: a folded character, any character, or a set. */
type Place = string | null | ((c: string) => boolean);

/** The part between two `%`: it matches exactly `length` characters. */
interface Segment {
  readonly length: number;
  /** Set when all places are plain characters: the search is then indexOf. */
  readonly text: string | undefined;
  readonly places: readonly Place[];
}

/**
 * A compiled LIKE pattern. The text between two `%` has a fixed length, so the first match of each segment suffices:
 * the search needs no backtracking, and its time is at most text × pattern.
 */
export interface LikePattern {
  matches(text: string): boolean;
  /** 1-based position for PATINDEX, 0 when there is none. */
  indexIn(text: string): number;
}

function characterSet(items: string, negated: boolean, collation: Collation): (c: string) => boolean {
  const singles = new Set<string>();
  const ranges: [string, string][] = [];
  for (let i = 0; i < items.length; i++) {
    const low = items[i] ?? '';
    if (items[i + 1] === '-' && i + 2 < items.length) {
      ranges.push([low, items[i + 2] ?? '']);
      i += 2;
    } else singles.add(collation.fold(low));
  }
  const known = new Map<string, boolean>();
  const test = (c: string): boolean =>
    singles.has(c) || ranges.some(([low, high]) => collation.compare(low, c) <= 0 && collation.compare(c, high) <= 0);
  return c => {
    let found = known.get(c);
    if (found === undefined) {
      found = test(c);
      if (known.size < 1000) known.set(c, found);
    }
    return found !== negated;
  };
}

function segmentsOf(pattern: string, escape: string | undefined, collation: Collation): Segment[] | undefined {
  const segments: Segment[] = [];
  let places: Place[] = [];
  const close = (): void => {
    const plain = places.every(p => typeof p === 'string');
    segments.push({ length: places.length, text: plain ? places.join('') : undefined, places });
    places = [];
  };
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === escape) {
      i++;
      if (i >= pattern.length) return undefined;
      places.push(collation.fold(pattern[i] ?? ''));
    } else if (c === '%') close();
    else if (c === '_') places.push(null);
    else if (c === '[') {
      let j = i + 1;
      const negated = pattern[j] === '^';
      if (negated) j++;
      let items = '';
      let closed = false;
      for (; j < pattern.length; j++) {
        const d = pattern[j] ?? '';
        if (d === escape && j + 1 < pattern.length) {
          items += pattern[++j] ?? '';
        } else if (d === ']') {
          closed = true;
          break;
        } else items += d;
      }
      // An unclosed bracket matches nothing.
      if (!closed) return undefined;
      places.push(characterSet(items, negated, collation));
      i = j;
    } else places.push(collation.fold(c));
  }
  close();
  return segments;
}

function matchesAt(segment: Segment, folded: string, at: number): boolean {
  if (segment.text !== undefined) return folded.startsWith(segment.text, at);
  const { places } = segment;
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    const c = folded[at + i] ?? '';
    if (typeof place === 'string' ? place !== c : place && !place(c)) return false;
  }
  return true;
}

/** First position from `from` on at which the segment matches, -1 when there is none. */
function find(segment: Segment, folded: string, from: number): number {
  if (segment.text !== undefined) return folded.indexOf(segment.text, from);
  for (let at = from; at + segment.length <= folded.length; at++) if (matchesAt(segment, folded, at)) return at;
  return -1;
}

/** The position at which the first segment matches, followed by the rest; -1 without a match. */
function locate(segments: readonly Segment[], folded: string): number {
  const first = segments[0];
  const last = segments.at(-1);
  if (!first || !last) return -1;
  if (segments.length === 1) return first.length === folded.length && matchesAt(first, folded, 0) ? 0 : -1;
  if (first.length > folded.length || !matchesAt(first, folded, 0)) return -1;
  const end = folded.length - last.length;
  let at = first.length;
  let start = first.length > 0 ? 0 : -1;
  for (const segment of segments.slice(1, -1)) {
    const found = find(segment, folded, at);
    if (found < 0) return -1;
    if (start < 0 && segment.length > 0) start = found;
    at = found + segment.length;
  }
  if (end < at || !matchesAt(last, folded, end)) return -1;
  return start >= 0 ? start : last.length > 0 ? end : 0;
}

export function compileLike(pattern: string, escape?: string, collationName?: string): LikePattern {
  if (escape !== undefined && escape.length !== 1) {
    throw new SqlError(506, `The invalid escape character "${escape}" was specified in a LIKE predicate.`);
  }
  const collation = collationFor(collationName);
  const segments = segmentsOf(pattern, escape, collation);
  if (!segments) return { matches: () => false, indexIn: () => 0 };
  return {
    matches: text => locate(segments, collation.fold(text)) >= 0,
    indexIn: text => locate(segments, collation.fold(text)) + 1,
  };
}
