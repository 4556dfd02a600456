import type * as ast from '../../parser/ast.ts';
import { castExpression } from '../convert.ts';
import type { BoundExpression } from '../contracts.ts';
import type { Predicate } from '../operators.ts';
import { SqlError } from '../sql-error.ts';
import { nvarchar } from '../types.ts';
import { resolveColumn } from './resolve-column.ts';
import type { Scope } from './scope.ts';

const WORD = /[\p{L}\p{M}\p{Nd}]+/gu;

/**
 * FREETEXT: true for a row of which a column has one of the words. A word is compared without case, accents and the ending
 * of a plural, which stands for the stemming of a language; there are no noise words and no thesaurus.
 */
export function bindFreeText({ columns, line }: ast.FreeText, text: BoundExpression, scope: Scope): Predicate {
  const values = columns.map(({ parts }) => {
    const { expression, column } = resolveColumn(parts, scope, line);
    const stored = column.base?.table.columns[column.base.ordinal];
    if (stored === undefined || !column.base?.table.fullTextColumns.has(stored.columnId))
      throw new SqlError(
        7601,
        `Cannot use a CONTAINS or FREETEXT predicate on column '${column.name ?? ''}' because it is not full-text indexed.`,
        16,
        2,
        line,
      );
    return expression;
  });
  const asked = castExpression(text, nvarchar(4000), { implicit: true });
  return env => {
    const question = asked.evaluate(env);
    if (question === null) throw new SqlError(7645, 'Null or empty full-text predicate.', 16, 2, line);
    const wanted = stemsOf(String(question));
    return values.some(value => {
      const cell = value.evaluate(env);
      return cell !== null && [...stemsOf(String(cell))].some(stem => wanted.has(stem));
    });
  };
}

function stemsOf(text: string): ReadonlySet<string> {
  const words = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().match(WORD) ?? [];
  return new Set(words.map(word => (word.length > 3 ? word.replace(/s$/, '') : word)));
}
