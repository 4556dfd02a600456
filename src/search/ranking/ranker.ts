import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { type ExpandedAlternative, TermExpansion, WHOLE_WORD } from './expansion.js';
import { objectPriors } from './object-prior.js';
import type { QueryTerm } from './query-terms.js';
import { scoreTerm, type TermScores } from './scoring.js';
import { FIELD, type TextIndex } from './text-index.js';

/** A term as an index has it. */
export interface RankedTerm extends TermScores {
  readonly term: QueryTerm;
  readonly alternatives: readonly ExpandedAlternative[];
}

export interface RankedDocument {
  readonly document: number;
  readonly score: number;
}

/** How much of the score does not depend on how many of the words match. */
const REGARDLESS = 0.55;
/** What one word of a table is worth if it stands for a second word of the question. */
const USED_AGAIN = 0.25;
/** What a word of the question is worth once an object before says it: the others need not say it again. */
const SAID_BEFORE = 1;
/** The best objects, whose order depends on what those before them say. */
const ORDERED = 12;
const CANDIDATES = 60;

/** A document while it is ranked. */
interface Candidate {
  readonly document: number;
  /** The score of each term that matches, by the position of the term. */
  readonly parts: Map<number, number>;
  readonly tokens: Set<string>;
  matched: number;
  score: number;
}

/** Ranks the documents of one index. */
export class Ranker {
  private readonly expansion: TermExpansion;
  private readonly priors: Float32Array;

  constructor(
    model: SchemaModel,
    private readonly index: TextIndex,
    links: readonly SchemaLink[],
  ) {
    this.expansion = new TermExpansion(index);
    this.priors = objectPriors(model, links);
  }

  /** How each term is spelt in this index. Terms that occur nowhere are left out. */
  expand(terms: readonly QueryTerm[]): readonly RankedTerm[] {
    return terms.flatMap(term => {
      const alternatives = this.expansion.of(term);
      return alternatives.length === 0 ? [] : [{ term, alternatives, ...scoreTerm(this.index, alternatives) }];
    });
  }

  /**
   * The documents in their order with their scores. `extra` are scores from elsewhere, as of values. Documents that
   * `isVisible` refuses take no part.
   */
  rank(
    terms: readonly RankedTerm[],
    extra: ReadonlyMap<number, number>,
    isVisible: (document: number) => boolean,
  ): readonly RankedDocument[] {
    const candidates = new Map<number, Candidate>();
    const candidateOf = (document: number): Candidate => {
      let candidate = candidates.get(document);
      if (candidate === undefined) {
        candidate = { document, parts: new Map(), tokens: new Set(), matched: 0, score: 0 };
        candidates.set(document, candidate);
      }
      return candidate;
    };
    const total = terms.reduce((sum, term) => sum + weightOf(term) * term.idf, 0);
    for (const [i, term] of terms.entries()) {
      const { scores, reasons, idf } = term;
      const weight = weightOf(term);
      for (const [document, score] of scores) {
        if (!isVisible(document)) continue;
        const candidate = candidateOf(document);
        const token = reasons.get(document)?.token ?? '';
        const share = candidate.tokens.has(token) ? USED_AGAIN : 1;
        candidate.tokens.add(token);
        candidate.parts.set(i, share * weight * score);
        candidate.matched += share * weight * idf;
      }
    }
    for (const [document, score] of extra) if (isVisible(document)) candidateOf(document).parts.set(-1, score);
    for (const candidate of candidates.values()) candidate.score = this.scoreOf(candidate, total, () => 1);
    const sorted = [...candidates.values()].sort(byScore);
    return [...this.diverse(sorted.slice(0, CANDIDATES), terms, total), ...sorted.slice(CANDIDATES)];
  }

  private scoreOf({ document, parts, matched }: Candidate, total: number, worth: (term: number) => number): number {
    let sum = 0;
    for (const [term, part] of parts) if (term >= 0) sum += part * worth(term);
    const coverage = REGARDLESS + (1 - REGARDLESS) * (total === 0 ? 1 : matched / total);
    return sum * coverage * (this.priors[document] ?? 1) + (parts.get(-1) ?? 0);
  }

  /** Orders the best documents so that each adds something: a question about two things needs the tables of both. */
  private diverse(
    candidates: readonly Candidate[],
    terms: readonly RankedTerm[],
    total: number,
  ): readonly RankedDocument[] {
    const worth = terms.map(() => 1);
    const left = [...candidates];
    const chosen: RankedDocument[] = [];
    while (left.length > 0 && chosen.length < ORDERED) {
      const scored = left.map(candidate => this.scoreOf(candidate, total, term => worth[term] ?? 1));
      const best = scored.indexOf(Math.max(...scored));
      const [next] = left.splice(best, 1);
      if (next === undefined) break;
      chosen.push({ document: next.document, score: scored[best] ?? 0 });
      for (const [i, term] of terms.entries()) if (says(term, next.document)) worth[i] = (worth[i] ?? 1) * SAID_BEFORE;
    }
    return [...chosen, ...left];
  }
}

const OWN_FIELDS: ReadonlySet<number> = new Set([FIELD.name, FIELD.description, FIELD.synonym]);

/** Whether an object itself says a word, as a whole word, and not one of its columns or neighbours. */
function says({ reasons }: TermScores, document: number): boolean {
  const reason = reasons.get(document);
  return reason !== undefined && OWN_FIELDS.has(reason.field) && reason.quality >= WHOLE_WORD;
}

/** A term that occurs only as a part or an abbreviation of words may mean something else. */
function weightOf({ term, quality }: RankedTerm): number {
  return term.weight * Math.min(1, quality / WHOLE_WORD);
}

/** Of equal documents the first of the catalogue wins, so that the order is always the same. */
function byScore(a: RankedDocument, b: RankedDocument): number {
  return b.score - a.score || a.document - b.document;
}
