import { STOP_WORDS } from '../text/stop-words.js';
import { type Alternative, THESAURUS } from '../text/thesaurus.js';
import { fold, wordsOfName } from '../text/words.js';

/** A word of a question, or a phrase that means one thing, with the other ways to say it. */
export interface QueryTerm {
  readonly words: readonly string[];
  readonly alternatives: readonly Alternative[];
  /** 1, or less for a word that is a part of a phrase. */
  readonly weight: number;
}

const RAW_WORD = /[\p{L}\p{M}\p{Nd}_@#$]+/gu;
const MAX_WORDS = 40;
const MAX_PHRASE = 3;
const PART_OF_PHRASE = 0.5;
/** A question that says "article" and "material" says one thing twice. */
const SAME_AGAIN = 0.3;

/** The words of a question in their order, with those that the ranking ignores. At most 40. */
export function questionWords(question: string): readonly string[] {
  return (question.match(RAW_WORD) ?? [])
    .flatMap(word => (/[_\p{Nd}]|\p{Ll}\p{Lu}/u.test(word) ? wordsOfName(word) : [fold(word)]))
    .filter(word => word.length > 1)
    .slice(0, MAX_WORDS);
}

/** The phrases that the thesaurus knows, also such that overlap, then the single words without the stop words. */
export function queryTerms(words: readonly string[]): readonly QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  const covered = new Set<number>();
  const add = (own: readonly string[], weight: number): void => {
    const key = own.join(' ');
    if (terms.has(key)) return;
    const alternatives = THESAURUS.alternatives(own);
    const isRepeated = alternatives.some(other => terms.has(other.join(' ')));
    terms.set(key, { words: own, alternatives, weight: isRepeated ? weight * SAME_AGAIN : weight });
  };
  for (let at = 0; at < words.length; at++) {
    const length = phraseAt(words, at);
    if (length === 1) continue;
    add(words.slice(at, at + length), 1);
    for (let i = at; i < at + length; i++) covered.add(i);
  }
  words.forEach((word, i) => {
    if (isTelling(word)) add([word], covered.has(i) ? PART_OF_PHRASE : 1);
  });
  return [...terms.values()];
}

function phraseAt(words: readonly string[], at: number): number {
  for (let length = Math.min(MAX_PHRASE, words.length - at); length > 1; length--)
    if (THESAURUS.knows(words.slice(at, at + length))) return length;
  return 1;
}

function isTelling(word: string): boolean {
  return word.length > 1 && !STOP_WORDS.has(word);
}
