import type { SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { type ExpandedAlternative, TermExpansion, WHOLE_WORD } from './expansion.js';
import { objectPriors } from './object-prior.js';
import type { QueryTerm } from './query-terms.js';
import { scoreTerm, type TermScores, type Viewer } from './scoring.js';
import type { TextIndex } from './text-index.js';

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
/** A document while it is ranked. */
interface Candidate {
  readonly document: number;
  readonly tokens: Set<string>;
  sum: number;
  matched: number;
  extra: number;
  score: number;
}

/** Ranks the documents of one index for a person. Documents that the person may not see take no part. */
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

  /**
   * How each term is spelt in the visible part of this index; if it isn't there, the words that it may be with a typing
   * error. Terms that occur nowhere are left out.
   */
  expand(terms: readonly QueryTerm[], viewer: Viewer): readonly RankedTerm[] {
    return terms.flatMap(term => {
      for (const alternatives of [this.expansion.of(term), this.expansion.typos(term)]) {
        const found = scoreTerm(this.index, alternatives, viewer);
        if (found.scores.size > 0) return [{ term, alternatives, ...found }];
      }
      return [];
    });
  }

  /** The documents in their order with their scores. `extra` are scores from elsewhere, as of values. */
  rank(terms: readonly RankedTerm[], extra: ReadonlyMap<number, number>, viewer: Viewer): readonly RankedDocument[] {
    const candidates = new Map<number, Candidate>();
    const candidateOf = (document: number): Candidate => {
      let candidate = candidates.get(document);
      if (candidate === undefined) {
        candidate = { document, tokens: new Set(), sum: 0, matched: 0, extra: 0, score: 0 };
        candidates.set(document, candidate);
      }
      return candidate;
    };
    const total = terms.reduce((sum, term) => sum + weightOf(term) * term.idf, 0);
    for (const term of terms) {
      const weight = weightOf(term);
      for (const [document, score] of term.scores) {
        const candidate = candidateOf(document);
        const token = term.reasons.get(document)?.token ?? '';
        const share = candidate.tokens.has(token) ? USED_AGAIN : 1;
        candidate.tokens.add(token);
        candidate.sum += share * weight * score;
        candidate.matched += share * weight * term.idf;
      }
    }
    for (const [document, score] of extra) if (viewer.isVisible(document)) candidateOf(document).extra = score;
    for (const candidate of candidates.values()) candidate.score = this.scoreOf(candidate, total);
    return [...candidates.values()].sort(byScore);
  }

  private scoreOf({ document, sum, matched, extra }: Candidate, total: number): number {
    const coverage = REGARDLESS + (1 - REGARDLESS) * (total === 0 ? 1 : matched / total);
    return sum * coverage * (this.priors[document] ?? 1) + extra;
  }
}

/** A term that occurs only as a part or an abbreviation of words may mean something else. */
function weightOf({ term, quality }: RankedTerm): number {
  return term.weight * Math.min(1, quality / WHOLE_WORD);
}

/** Of equal documents the first of the catalogue wins, so that the order is always the same. */
function byScore(a: RankedDocument, b: RankedDocument): number {
  return b.score - a.score || a.document - b.document;
}
