import type { SchemaModel } from '../catalog/schema-model.js';
import { WHOLE_WORD } from '../ranking/expansion.js';
import type { RankedTerm } from '../ranking/ranker.js';
import { FIELD, type TextIndex } from '../ranking/text-index.js';
import { wordsOf, wordsOfName } from '../text/words.js';

export interface ColumnMatch {
  readonly object: number;
  readonly column: number;
  /** The share of the question that the column says by itself, from 0 to 1. */
  readonly share: number;
  /** The same, without the words that are `said`. */
  readonly added: number;
  readonly words: readonly string[];
}

const OF_OBJECT: ReadonlySet<number> = new Set([FIELD.name, FIELD.description, FIELD.synonym]);

/** The terms that one of the objects says as a whole word in its name or description: a column that says it adds nothing. */
export function termsSaidBy(objects: readonly number[], terms: readonly RankedTerm[]): ReadonlySet<RankedTerm> {
  return new Set(
    terms.filter(({ reasons }) =>
      objects.some(object => {
        const reason = reasons.get(object);
        return reason !== undefined && OF_OBJECT.has(reason.field) && reason.quality >= WHOLE_WORD;
      }),
    ),
  );
}

/** The columns of an object that say words of the question, the best first. */
export function columnMatches(
  model: SchemaModel,
  text: TextIndex,
  terms: readonly RankedTerm[],
  object: number,
  said: ReadonlySet<RankedTerm>,
): readonly ColumnMatch[] {
  const total = terms.reduce((sum, term) => sum + weightOf(term), 0);
  const [from, to] = model.columnRange(object);
  const found: ColumnMatch[] = [];
  for (let column = from; column < to; column++) {
    const tokens = [
      ...wordsOfName(model.columns.names[column] ?? ''),
      ...wordsOf(model.columns.descriptions.get(column) ?? ''),
    ].flatMap(word => text.idOf(word) ?? []);
    let sum = 0;
    let added = 0;
    const words: string[] = [];
    for (const term of terms) {
      const quality = qualityOf(term, tokens);
      if (quality === 0) continue;
      sum += quality * weightOf(term);
      if (!said.has(term)) added += quality * weightOf(term);
      if (quality > 0.4) words.push(term.term.words.join(' '));
    }
    if (sum > 0) found.push({ object, column, share: sum / total, added: added / total, words });
  }
  return found.sort((a, b) => b.share - a.share);
}

function weightOf({ term, idf }: RankedTerm): number {
  return term.weight * idf;
}

/** The best alternative whose words all are among the tokens; its weakest word counts. */
function qualityOf({ alternatives }: RankedTerm, tokens: readonly number[]): number {
  let best = 0;
  for (const words of alternatives) {
    const weakest = Math.min(...words.map(word => Math.max(0, ...tokens.map(token => word.get(token) ?? 0))));
    best = Math.max(best, weakest);
  }
  return best;
}
