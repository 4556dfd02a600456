import { abbreviates, forgivenErrors, isTypo } from '../text/resemblance.js';
import { stem } from '../text/words.js';
import type { QueryTerm } from './query-terms.js';
import type { TextIndex } from './text-index.js';

/** How well each token of the index stands for a word, from 0 to 1. */
export type TokenQualities = ReadonlyMap<number, number>;

/** The tokens for each word of an alternative: a document has to have one of each. */
export type ExpandedAlternative = readonly TokenQualities[];

const QUALITY = {
  same: 1,
  stem: 0.92,
  synonym: 0.85,
  part: 0.5,
  synonymPart: 0.42,
  abbreviation: 0.65,
  synonymAbbreviation: 0.55,
  typo: 0.6,
};
/** Synonyms of two or three letters are abbreviations, and ambiguous. */
const SHORT_SYNONYM = [0, 0.3, 0.45, 0.52];
/** What remains of the parts of words and of abbreviations where whole words were found. */
const PART_BESIDE_WHOLE = 0.8;
const ABBREVIATION_BESIDE_WHOLE = 0.45;
/** A shorter word occurs inside of others by chance. */
const MIN_PART = 4;
/** German compounds that mean the same as their first word, or its table: Debitorenstamm, Auftragskopf. */
const SAME_COMPOUND = /^(?:e?[ns]|es|er)?(?:stamm|stammdaten|daten|kopf|kopfdaten|satz|verzeichnis|tabelle|datei)$/u;
const MAX_CACHED = 2_000;

/**
 * Finds the tokens of an index that stand for a term: the word itself, its other forms, its synonyms, abbreviations in
 * names, compounds that contain it; and words with a typing error if there is nothing else.
 */
export class TermExpansion {
  private readonly cache = new Map<string, readonly ExpandedAlternative[]>();

  constructor(private readonly index: TextIndex) {}

  of(term: QueryTerm): readonly ExpandedAlternative[] {
    const key = term.words.join(' ');
    let expanded = this.cache.get(key);
    if (expanded === undefined) {
      expanded = this.expand(term);
      if (this.cache.size >= MAX_CACHED) this.cache.clear();
      this.cache.set(key, expanded);
    }
    return expanded;
  }

  private expand({ words, alternatives }: QueryTerm): readonly ExpandedAlternative[] {
    const own = words.map(word => this.tokens(word, false));
    const others = alternatives.map(alternative => {
      const tokens = alternative.map(word => this.tokens(word, true));
      return alternative.length === 1 ? tokens : tokens.map(onlyWhole);
    });
    return preferWhole([own, ...others].filter(alternative => alternative.every(tokens => tokens.size > 0)));
  }

  private tokens(word: string, synonym: boolean): TokenQualities {
    const { index } = this;
    const found = new Map<number, number>();
    const add = (id: number, quality: number): void => {
      if (quality > (found.get(id) ?? 0)) found.set(id, quality);
    };
    const whole = synonym ? (SHORT_SYNONYM[word.length] ?? QUALITY.synonym) : QUALITY.same;
    const id = index.idOf(word);
    if (id !== undefined) add(id, whole);
    for (const other of index.withStem(word)) add(other, Math.min(whole, synonym ? QUALITY.synonym : QUALITY.stem));
    const part = stem(word);
    // A short synonym is an abbreviation, and a compound is never made of those.
    if (part.length >= MIN_PART && (!synonym || word.length > MIN_PART)) {
      index.tokens.forEach((token, other) => {
        if (token.length <= part.length || !token.includes(part)) return;
        if (token.startsWith(part) && SAME_COMPOUND.test(token.slice(part.length))) add(other, whole * 0.95);
        else add(other, (synonym ? QUALITY.synonymPart : QUALITY.part) * (token.startsWith(part) ? 1.1 : 1));
      });
    }
    if (word.length >= MIN_PART) {
      for (const other of index.inNamesWith(word[0] ?? '')) {
        const quality =
          abbreviates(index.tokens[other] ?? '', word) * (synonym ? QUALITY.synonymAbbreviation : QUALITY.abbreviation);
        if (quality > 0) add(other, quality);
      }
    }
    return found;
  }

  /** The words of the index that are the word with a typing error. */
  typos({ words }: QueryTerm): readonly ExpandedAlternative[] {
    const [word = ''] = words;
    const limit = words.length > 1 ? 0 : forgivenErrors(word.length);
    if (limit === 0) return [];
    const found = new Map<number, number>();
    this.index.tokens.forEach((token, id) => {
      if (token.length >= MIN_PART && isTypo(word, token, limit)) found.set(id, QUALITY.typo);
    });
    return found.size === 0 ? [] : [[found]];
  }
}

/** From this quality on a token is a whole word and no part or abbreviation. */
export const WHOLE_WORD = 0.75;

/** The words of a phrase have to be there as whole words: two abbreviations can be any two things. */
function onlyWhole(tokens: TokenQualities): TokenQualities {
  return new Map([...tokens].filter(([, quality]) => quality >= WHOLE_WORD));
}

/** Whole words first, then parts and abbreviations. */
function preferWhole(alternatives: readonly ExpandedAlternative[]): readonly ExpandedAlternative[] {
  const hasWhole = alternatives.some(words => words.every(tokens => [...tokens.values()].some(q => q >= WHOLE_WORD)));
  if (!hasWhole) return alternatives;
  return alternatives.map(words => words.map(tokens => new Map([...tokens].map(([id, q]) => [id, beside(q)]))));
}

function beside(quality: number): number {
  if (quality >= WHOLE_WORD) return quality;
  return quality * (quality > 0.5 * QUALITY.part ? PART_BESIDE_WHOLE : ABBREVIATION_BESIDE_WHOLE);
}
