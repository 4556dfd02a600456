import type { RankedTerm } from '../ranking/ranker.js';
import { STOP_WORDS } from '../text/stop-words.js';
import { forgivenErrors, isTypo } from '../text/resemblance.js';
import { stem, wordsOf } from '../text/words.js';
import type { ColumnValues } from './value.types.js';

/** A value that a question names. */
export interface ValueHit {
  readonly values: ColumnValues;
  readonly value: string;
  /** From 0 to 1. */
  readonly quality: number;
  /** How many words of the question it stands for. */
  readonly words: number;
}

interface Entry {
  readonly values: ColumnValues;
  readonly value: string;
  readonly stems: readonly string[];
}

/** A code table has at most so many values; only their texts are found by synonyms. */
const MAX_CODES = 60;
/** A word that so many values have says nothing about any of them. */
const MAX_PER_WORD = 2_000;
const MAX_HITS = 20;
const QUALITY = { whole: 1, part: 0.85, first: 0.7, synonym: 0.5, typo: 0.5 } as const;

/** Finds values by the words of a question. It is only kept in memory. */
export class ValueIndex {
  private readonly entries: Entry[] = [];
  private readonly byStem = new Map<string, number[]>();

  constructor(columns: readonly ColumnValues[]) {
    for (const values of columns) {
      for (const value of values.values) {
        const stems = wordsOf(value).map(stem);
        if (stems.length === 0 || /^\p{Nd}+$/u.test(stems.join(''))) continue;
        const number = this.entries.push({ values, value, stems }) - 1;
        for (const word of new Set(stems)) {
          const list = this.byStem.get(word);
          if (list === undefined) this.byStem.set(word, [number]);
          else list.push(number);
        }
      }
    }
  }

  /** An estimate in bytes. */
  get bytes(): number {
    return this.entries.reduce((sum, { value, stems }) => sum + 2 * value.length + 60 * stems.length + 120, 0);
  }

  /**
   * The values that the words of a question name, the best first. `isVisible` tells whether the person may see the
   * object; `isKnown` whether a word is one of the schema, so that a value needs more than this word.
   */
  find(
    words: readonly string[],
    terms: readonly RankedTerm[],
    isVisible: (object: number) => boolean,
    isKnown: (word: string) => boolean,
  ): readonly ValueHit[] {
    const stems = words.map(stem);
    const candidates = new Set<number>();
    for (const [i, word] of words.entries()) {
      if (STOP_WORDS.has(word) || word.length < 2) continue;
      const list = this.byStem.get(stems[i] ?? '') ?? [];
      if (list.length <= MAX_PER_WORD) for (const number of list) candidates.add(number);
    }
    const hits = [...candidates].flatMap(number => this.match(number, words, stems, isKnown));
    hits.push(...this.bySynonym(terms));
    const visible = hits.filter(({ values }) => isVisible(values.object));
    if (visible.length === 0)
      visible.push(...this.typos(words, stems, isKnown).filter(({ values }) => isVisible(values.object)));
    return best(visible);
  }

  /** The longest run of words that the value and the question have in common. */
  private match(
    number: number,
    words: readonly string[],
    stems: readonly string[],
    isKnown: (word: string) => boolean,
  ): readonly ValueHit[] {
    const entry = this.entries[number];
    if (entry === undefined) return [];
    const { start, from, length } = longestRun(entry.stems, stems);
    const run = words.slice(from, from + length);
    const whole = length === entry.stems.length;
    const letters = (list: readonly string[]): number => list.join('').length;
    const share = letters(entry.stems.slice(start, start + length)) / letters(entry.stems);
    const telling = run.filter(word => !STOP_WORDS.has(word));
    if (telling.length === 0) return [];
    const quality = whole
      ? QUALITY.whole
      : length > 1 && share >= 0.5
        ? QUALITY.part
        : telling.some(word => word.length > 3 && !isKnown(word))
          ? QUALITY.first * Math.max(0.6, share)
          : 0;
    // A word of the schema that is also a value, such as "open" in a list of words, is weak evidence.
    const weak = whole && length === 1 && isKnown(telling[0] ?? '') ? 0.75 : 1;
    return quality === 0 ? [] : [{ ...hitOf(entry), quality: quality * weak, words: length }];
  }

  /** Texts of codes that are a synonym of a word: "cancelled" finds "Storniert". */
  private bySynonym(terms: readonly RankedTerm[]): readonly ValueHit[] {
    return terms.flatMap(({ term }) =>
      term.alternatives.flatMap(alternative => {
        const stems = alternative.map(stem);
        if (stems.join('').length < 4) return [];
        return (this.byStem.get(stems[0] ?? '') ?? []).flatMap(number => {
          const entry = this.entries[number];
          if (entry === undefined || entry.values.values.length > MAX_CODES) return [];
          const same = entry.stems.length === stems.length && entry.stems.every((word, i) => word === stems[i]);
          return same ? [{ ...hitOf(entry), quality: QUALITY.synonym, words: term.words.length }] : [];
        });
      }),
    );
  }

  private typos(
    words: readonly string[],
    stems: readonly string[],
    isKnown: (word: string) => boolean,
  ): readonly ValueHit[] {
    return words.flatMap((word, i) => {
      const own = stems[i] ?? word;
      const limit = forgivenErrors(own.length);
      if (limit === 0 || own.length < 5 || STOP_WORDS.has(word) || isKnown(word)) return [];
      return [...this.byStem].flatMap(([other, numbers]) =>
        numbers.length < 10 && other.length > 4 && isTypo(own, other, limit)
          ? numbers.map(number => ({ ...hitOf(this.entries[number]!), quality: QUALITY.typo, words: 1 }))
          : [],
      );
    });
  }
}

function hitOf({ values, value }: Entry): Pick<ValueHit, 'values' | 'value'> {
  return { values, value };
}

/** One hit for each value of a column, the best ones. */
function best(hits: readonly ValueHit[]): readonly ValueHit[] {
  const byValue = new Map<string, ValueHit>();
  for (const hit of hits) {
    const key = `${hit.values.column}\n${hit.value}`;
    const known = byValue.get(key);
    if (known === undefined || known.quality * known.words < hit.quality * hit.words) byValue.set(key, hit);
  }
  return [...byValue.values()]
    .sort((a, b) => b.quality * b.words - a.quality * a.words || a.value.length - b.value.length)
    .slice(0, MAX_HITS);
}

function longestRun(
  value: readonly string[],
  question: readonly string[],
): { readonly start: number; readonly from: number; readonly length: number } {
  let longest = { start: 0, from: 0, length: 0 };
  for (let start = 0; start < value.length; start++) {
    for (let from = 0; from < question.length; from++) {
      let length = 0;
      while (start + length < value.length && value[start + length] === question[from + length]) length++;
      if (length > longest.length) longest = { start, from, length };
    }
  }
  return longest;
}
