import { AppError } from '../../common/app-error.js';
import { nearestNames } from '../../common/nearest-names.js';
import { type ObjectName, shownName } from '../object-name.js';
import type { TableSummary } from './catalog.types.js';

const MAX_CANDIDATES = 10;
const MAX_SCHEMAS = 20;

type Place = Pick<TableSummary, 'schema' | 'name'>;

/** `visible` are the tables that the person may use, `schemas` theirs. */
export function unknownTable(wanted: ObjectName, visible: readonly Place[]): AppError {
  const shown = wanted.schema === undefined ? wanted.name : `${wanted.schema}.${wanted.name}`;
  const nearest = nearestNames(
    shown,
    visible.map(table => shownName(table.schema, table.name)),
  );
  return new AppError('UNKNOWN_TABLE', `There is no table or view named ${JSON.stringify(shown)}.`, {
    hint:
      nearest.length === 0 ? 'Call list_tables for the names of the tables.' : `Did you mean ${nearest.join(', ')}?`,
    details: { nearest },
  });
}

export function ambiguousTable(wanted: ObjectName, matches: readonly Place[]): AppError {
  const candidates = matches.slice(0, MAX_CANDIDATES).map(table => shownName(table.schema, table.name));
  return new AppError('AMBIGUOUS_TABLE', `${JSON.stringify(wanted.name)} is the name of several tables.`, {
    hint: `Write one of ${candidates.join(', ')}.`,
    details: { candidates },
  });
}

export function unknownSchema(wanted: string, visible: readonly Place[]): AppError {
  const all = [...new Set(visible.map(table => table.schema))];
  const nearest = nearestNames(wanted, all);
  const schemas = all.slice(0, MAX_SCHEMAS);
  const more = all.length > schemas.length ? ` and ${all.length - schemas.length} more` : '';
  const hints = [
    ...(nearest.length === 0 ? [] : [`Did you mean ${nearest.join(', ')}?`]),
    schemas.length === 0 ? 'You may use no schema that has tables.' : `Schemas: ${schemas.join(', ')}${more}.`,
  ];
  return new AppError('UNKNOWN_SCHEMA', `There is no schema named ${JSON.stringify(wanted)}.`, {
    hint: hints.join(' '),
    details: { nearest, schemas },
  });
}

/** `listed` are the databases that people of the tenant may name, its own first. */
export function unknownDatabase(wanted: string, listed: readonly string[]): AppError {
  const names = listed.map(name => JSON.stringify(name)).join(', ');
  return new AppError(
    'INVALID_ARGUMENT',
    `The database ${JSON.stringify(wanted)} is not one of those that can be used here: ${names}.`,
    { hint: 'Write schema.table for a table of the first one.', details: { databases: [...listed] } },
  );
}
