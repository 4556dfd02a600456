import type { ExpandedAlternative } from './expansion.js';
import { FIELD, FIELD_COUNT, type TextIndex } from './text-index.js';

/** How much a field counts, in the order of FIELD. A name says more than a column, and a column more than a neighbour. */
const WEIGHTS = [5, 4.5, 1.8, 2.6, 0.9, 5, 1.5] as const;
/** Saturation of BM25: one good occurrence nearly suffices. */
const K1 = 2.5;
/** How much the number of columns weakens each of them (the b of BM25). */
const B = 0.35;
const LENGTH_NORMALISED: ReadonlySet<number> = new Set([FIELD.column, FIELD.columnDescription]);

/** What a person may see of the documents. */
export interface Viewer {
  isVisible(document: number): boolean;
  /** Some documents may be hidden: words that come from other documents then don't count, because those may be hidden. */
  readonly limited: boolean;
}

const OF_OTHERS: ReadonlySet<number> = new Set([FIELD.neighbour, FIELD.synonym]);

/** Why a document matches a term: the token and the field that count most. */
export interface Reason {
  readonly token: string;
  readonly field: number;
  /** How well the token stands for the term, from 0 to 1. */
  readonly quality: number;
}

export interface TermScores {
  readonly scores: ReadonlyMap<number, number>;
  /** By document. */
  readonly reasons: ReadonlyMap<number, Reason>;
  /** How well the best token of the index stands for the term, from 0 to 1. */
  readonly quality: number;
  readonly idf: number;
}

/**
 * Scores documents for one term by BM25F: the fields of a document are weighted before saturation (Robertson, Zaragoza
 * and Taylor, "Simple BM25 extension to multiple weighted fields", 2004). All words that stand for the term count as
 * one word, so that its rarity is that of the term and not of one spelling.
 */
export function scoreTerm(index: TextIndex, alternatives: readonly ExpandedAlternative[], viewer: Viewer): TermScores {
  const frequencies = new Map<number, number>();
  const reasons = new Map<number, Reason>();
  const qualities = new Map<number, number>();
  const average = averageLength(index);
  for (const alternative of alternatives) {
    for (const [document, found] of matches(index, alternative, average, viewer)) {
      qualities.set(document, Math.max(found.quality, qualities.get(document) ?? 0));
      if (found.frequency <= (frequencies.get(document) ?? 0)) continue;
      frequencies.set(document, found.frequency);
      reasons.set(document, found.reason);
    }
  }
  // A document that matches a part of a word makes the term less common than one that has the whole word.
  let count = 0;
  let best = 0;
  for (const quality of qualities.values()) {
    count += quality * quality;
    best = Math.max(best, quality);
  }
  const idf = Math.log(1 + (index.documents - count + 0.5) / (count + 0.5));
  const scores = new Map<number, number>();
  for (const [document, frequency] of frequencies) scores.set(document, (idf * frequency) / (K1 + frequency));
  return { scores, reasons, quality: best, idf };
}

interface Match {
  readonly frequency: number;
  /** Of the best token. */
  readonly quality: number;
  readonly reason: Reason;
}

/** The documents that have a word for each part of the alternative; the weakest part counts. */
function matches(
  index: TextIndex,
  alternative: ExpandedAlternative,
  average: number,
  viewer: Viewer,
): ReadonlyMap<number, Match> {
  let result: ReadonlyMap<number, Match> | undefined;
  for (const tokens of alternative) {
    const found = occurrencesOf(index, tokens, average, viewer);
    const before = result;
    if (before === undefined) result = found;
    else {
      const both = new Map<number, Match>();
      for (const [document, match] of found) {
        const other = before.get(document);
        if (other !== undefined) both.set(document, other.frequency < match.frequency ? other : match);
      }
      result = both;
    }
  }
  return result ?? new Map();
}

/** In each field the best token counts; the fields are added. */
function occurrencesOf(
  index: TextIndex,
  tokens: ReadonlyMap<number, number>,
  average: number,
  viewer: Viewer,
): ReadonlyMap<number, Match> {
  const best = new Map<number, { quality: number; token: number }>();
  for (const [token, quality] of tokens) {
    for (const entry of index.occurrences(token)) {
      const known = best.get(entry);
      if (known === undefined || known.quality < quality) best.set(entry, { quality, token });
    }
  }
  const found = new Map<number, Evidence>();
  for (const [entry, { quality, token }] of best) {
    const document = Math.floor(entry / FIELD_COUNT);
    const field = entry % FIELD_COUNT;
    if (!viewer.isVisible(document) || (viewer.limited && OF_OTHERS.has(field))) continue;
    const counted = (quality * (WEIGHTS[field] ?? 1)) / lengthFactor(index, document, field, average);
    let evidence = found.get(document);
    if (evidence === undefined) found.set(document, (evidence = new Evidence()));
    evidence.add(counted, { token: index.tokens[token] ?? '', field, quality });
  }
  return found;
}

class Evidence implements Match {
  quality = 0;
  reason: Reason = { token: '', field: FIELD.name, quality: 0 };
  private own = 0;
  private neighbour = 0;
  private top = 0;

  add(counted: number, reason: Reason): void {
    if (reason.field === FIELD.neighbour) this.neighbour = counted;
    else this.own += counted;
    this.quality = Math.max(this.quality, reason.quality);
    if (counted <= this.top) return;
    this.top = counted;
    this.reason = reason;
  }

  /** What a neighbour says is no second evidence for what the object says itself. */
  get frequency(): number {
    return Math.max(this.own, this.neighbour);
  }
}

function lengthFactor(index: TextIndex, document: number, field: number, average: number): number {
  return LENGTH_NORMALISED.has(field) ? 1 - B + (B * (index.lengths[document] ?? 0)) / average : 1;
}

const averages = new WeakMap<TextIndex, number>();

function averageLength(index: TextIndex): number {
  let average = averages.get(index);
  if (average === undefined) {
    average = Math.max(1, index.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, index.documents));
    averages.set(index, average);
  }
  return average;
}
