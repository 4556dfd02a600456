import type { RankedTerm } from '../ranking/ranker.js';
import { FIELD } from '../ranking/text-index.js';
import type { ColumnValues } from '../values/value.types.js';

const LABELS: Readonly<Record<number, string>> = {
  [FIELD.name]: 'name',
  [FIELD.description]: 'description',
  [FIELD.column]: 'a column',
  [FIELD.columnDescription]: 'the description of a column',
  [FIELD.neighbour]: 'a related table',
  [FIELD.synonym]: 'a definition',
  [FIELD.parameter]: 'a parameter',
};
const MAX_REASONS = 3;

/** Why a document matches: `customer: debitorenstamm in description`. */
export function whyDocument(terms: readonly RankedTerm[], document: number): string {
  const reasons = terms
    .flatMap(({ term, scores, reasons: found }) => {
      const reason = found.get(document);
      if (reason === undefined) return [];
      const word = term.words.join(' ');
      const label = LABELS[reason.field] ?? 'name';
      const text = reason.token === word ? `${word} in ${label}` : `${word}: ${reason.token} in ${label}`;
      return [{ text, score: (scores.get(document) ?? 0) * term.weight }];
    })
    .sort((a, b) => b.score - a.score);
  return [...new Set(reasons.map(({ text }) => text))].slice(0, MAX_REASONS).join('; ');
}

/** Where a value is from, how old it is, and whether it is from a part of the rows. */
export function whyValue({ source, asOf, sampled }: ColumnValues): string {
  if (source === 'rows') return `read from the table${asOf === undefined ? '' : ` on ${asOf}`}`;
  const age = asOf === undefined ? '' : ` of ${asOf}`;
  const part = sampled === undefined || sampled >= 1 ? '' : `, ${percent(sampled)} % of the rows sampled`;
  return `in statistics${age}${part}; other spellings may exist`;
}

function percent(share: number): string {
  return share < 0.01 ? '<1' : String(Math.round(share * 100));
}
