import { systemViewId } from './system-view-ids.ts';
import { sameView, toDatetime, view, type CatalogView } from './view.ts';
import { COLUMN_COLUMNS, COLUMN_VIEWS, systemColumnRow } from './views/columns.ts';
import { compatibilityViews } from './views/compatibility.ts';
import { CONSTRAINT_VIEWS } from './views/constraints.ts';
import { DEPENDENCY_VIEWS } from './views/dependencies.ts';
import { FULL_TEXT_VIEWS } from './views/full-text.ts';
import { INDEX_VIEWS } from './views/indexes.ts';
import { INFORMATION_SCHEMA_VIEWS } from './views/information-schema.ts';
import { MODULE_VIEWS } from './views/modules.ts';
import { OBJECT_COLUMNS, OBJECT_VIEWS } from './views/objects.ts';
import { SECURITY_VIEWS } from './views/security.ts';
import { QUERY_STORE_VIEWS } from './views/query-store.ts';
import { SERVER_VIEWS } from './views/server.ts';
import { QUERY_STATS_VIEWS } from './views/query-stats.ts';
import { STATISTICS_VIEWS } from './views/statistics.ts';

const DECLARED: readonly CatalogView[] = [
  ...OBJECT_VIEWS,
  ...COLUMN_VIEWS,
  ...INDEX_VIEWS,
  ...CONSTRAINT_VIEWS,
  ...MODULE_VIEWS,
  ...DEPENDENCY_VIEWS,
  ...SECURITY_VIEWS,
  ...SERVER_VIEWS,
  ...STATISTICS_VIEWS,
  ...QUERY_STATS_VIEWS,
  ...FULL_TEXT_VIEWS,
  ...QUERY_STORE_VIEWS,
  ...INFORMATION_SCHEMA_VIEWS,
];

function declared(name: string): CatalogView {
  const found = DECLARED.find(candidate => candidate.schema === 'sys' && candidate.name === name);
  if (!found) throw new Error(`sys.${name} is not declared.`);
  return found;
}

const SYSTEM_SCHEMA_ID = { sys: 4, INFORMATION_SCHEMA: 3 } as const;

const systemObjects = view('sys.system_objects', OBJECT_COLUMNS, function* (session) {
  const started = toDatetime(session.server.started);
  for (const system of SYSTEM_VIEWS) {
    yield {
      name: system.name,
      object_id: systemViewId(system),
      schema_id: SYSTEM_SCHEMA_ID[system.schema],
      parent_object_id: 0,
      type: 'V ',
      type_desc: 'VIEW',
      create_date: started,
      modify_date: started,
      is_ms_shipped: 1,
      is_published: 0,
      is_schema_published: 0,
    };
  }
});

const systemColumns = view('sys.system_columns', COLUMN_COLUMNS, function* (session) {
  for (const system of SYSTEM_VIEWS) {
    for (const [i, column] of system.columns.entries())
      yield systemColumnRow(systemViewId(system), column, i + 1, session);
  }
});

const systemViews = view('sys.system_views', OBJECT_COLUMNS, function* (session) {
  const keys = Object.keys(OBJECT_COLUMNS);
  for (const row of systemObjects.rows(session)) yield Object.fromEntries(keys.map((key, i) => [key, row[i] ?? null]));
});

/** The rows of both views, as the sys.all_ views return them. */
function both(name: string, user: CatalogView, system: CatalogView): CatalogView {
  return sameView(name, user, function* (session) {
    yield* user.rows(session);
    yield* system.rows(session);
  });
}

const allObjects = both('sys.all_objects', declared('objects'), systemObjects);
const allColumns = both('sys.all_columns', declared('columns'), systemColumns);
const allSqlModules = sameView('sys.all_sql_modules', declared('sql_modules'));
const allParameters = sameView('sys.all_parameters', declared('parameters'));

/** sys.all_views: the views of the user, in the shape of sys.views, and the system views. */
const allViews = sameView('sys.all_views', declared('views'), function* (session) {
  const user = declared('views');
  yield* user.rows(session);
  for (const row of systemObjects.rows(session)) yield user.columns.map((_, i) => row[i] ?? null);
});

export const SYSTEM_VIEWS: readonly CatalogView[] = [
  ...DECLARED,
  systemObjects,
  systemColumns,
  systemViews,
  allObjects,
  allColumns,
  allSqlModules,
  allParameters,
  allViews,
  ...compatibilityViews(declared),
];
