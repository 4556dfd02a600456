import type { PolicyRules } from '../../database/policy/policy-rules.js';
import type { Item } from './cross-checks.js';
import type { FileFault } from './fault-sentences.js';
import { refusedSql, variablesOf } from './query-checks.js';
import type { Subject, SubjectCategory } from './subject-definitions.js';
import type { KeyPath } from './yaml-places.js';

/** The only variable of a category's query. */
const KEY = 'id';

/** The faults of a subject's categories that its schema does not show. `rules` are the tenant's. */
export function subjectFaults({ index, value }: Item<Subject>, rules: PolicyRules): readonly FileFault[] {
  const path: KeyPath = ['subjects', index, 'categories'];
  const names = value.categories.map(({ name }) => name);
  return value.categories.flatMap((category, i) => [
    ...(names.indexOf(category.name) === i
      ? []
      : [{ path: [...path, i, 'name'], text: `is the name of categories[${names.indexOf(category.name)}] too` }]),
    ...categoryFaults(category, [...path, i], rules),
  ]);
}

function categoryFaults({ table, query, key, via }: SubjectCategory, path: KeyPath, rules: PolicyRules) {
  if ((table === undefined) === (query === undefined)) return [{ path, text: 'needs either table or query' }];
  if (query === undefined) return [];
  const [extra] = Object.entries({ key, via }).filter(([, value]) => value !== undefined);
  if (extra !== undefined) return [{ path: [...path, extra[0]], text: 'is for a table, and not for a query' }];
  const at = [...path, 'query'];
  const refused = refusedSql(query, at, { ...rules, allowMultipleStatements: false });
  if (refused !== undefined) return [refused];
  const used = variablesOf(query);
  const unknown = [...used].filter(variable => variable !== KEY);
  return [
    ...(used.has(KEY) ? [] : [{ path: at, text: 'must use @id, the key of the person' }]),
    ...unknown.map(variable => ({ path: at, text: `uses @${variable}; its only parameter is @id` })),
  ];
}
