import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { DatabaseObject } from '../../storage/table.ts';
import { SqlError } from '../../engine/sql-error.ts';
import { entryOf, visibleObjects } from '../object-kinds.ts';
import { systemViewId } from '../system-view-ids.ts';
import { c, flag, view, type CatalogView } from '../view.ts';

/** A name that a module uses, and the object of this database that it means now. */
export interface Dependency {
  readonly from: DatabaseObject;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly name: string;
  readonly to: DatabaseObject | undefined;
}

type Named = readonly string[];

/** The names in a module's statements that stand for objects: tables, functions with a schema, executed procedures. */
function* namesIn(node: unknown): Generator<Named> {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) yield* namesIn(item);
    return;
  }
  const { kind, name } = node as { kind?: unknown; name?: unknown };
  // Only the target of INSERT, UPDATE and the like has hints and no kind.
  const isObject =
    kind === 'table' || kind === 'procedure' || kind === 'table function' || (kind === undefined && 'hints' in node);
  if (Array.isArray(name) && (isObject || (kind === 'function' && name.length > 1))) yield name as Named;
  for (const value of Object.values(node)) yield* namesIn(value);
}

/** The names that a module gives to its own queries. */
function* ownNames(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  const { ctes } = node as { ctes?: readonly { readonly name: string }[] };
  for (const { name } of ctes ?? []) yield name.toLowerCase();
  for (const value of Object.values(node)) yield* ownNames(value);
}

function* dependenciesFrom(from: DatabaseObject, session: CatalogSession): Generator<Dependency> {
  const code = 'query' in from ? from.query : 'body' in from ? from.body : undefined;
  if (from.kind === 'synonym' || code === undefined) return;
  const own = new Set(ownNames(code));
  const seen = new Set<string>();
  for (const parts of namesIn(code)) {
    const [name = '', schema, database] = [...parts].reverse();
    if (/^[#@]/.test(name) || (parts.length === 1 && own.has(name.toLowerCase()))) continue;
    const target = database === undefined ? session.database : session.server.database(database);
    const inSchema: string = schema === undefined || schema === '' ? from.schema : schema;
    const to: DatabaseObject | undefined =
      target?.objectByName(inSchema, name) ?? (schema ? undefined : target?.objectByName('dbo', name));
    // What has no schema and is no object is a function of SQL Server.
    if (['sys', 'information_schema'].includes(inSchema.toLowerCase()) || (parts.length === 1 && !to)) continue;
    const key = parts.join('\n').toLowerCase();
    if (seen.has(key) || to === from) continue;
    seen.add(key);
    yield { from, database, schema, name, to: target === session.database ? to : undefined };
  }
}

export function* dependencies(session: CatalogSession): Generator<Dependency> {
  for (const object of visibleObjects(session)) yield* dependenciesFrom(object, session);
}

/** Only db_owner may read the view by default (learn.microsoft.com: sys.sql_expression_dependencies, Permissions). */
function requireSelect(session: CatalogSession): void {
  if (session.isMember('db_owner') === true || session.isServerRoleMember('sysadmin') === true) return;
  if (session.hasGrant('SELECT', systemViewId(expressionDependencies))) return;
  throw new SqlError(
    229,
    `The SELECT permission was denied on the object 'sql_expression_dependencies', database '${session.database.name}', schema 'sys'.`,
    14,
    5,
  );
}

const expressionDependencies = view(
  'sys.sql_expression_dependencies',
  {
    referencing_id: c.int,
    referencing_minor_id: c.int,
    referencing_class: c.tinyint.orNull,
    referencing_class_desc: c.nvarchar(60).orNull,
    is_schema_bound_reference: c.bit,
    referenced_class: c.tinyint.orNull,
    referenced_class_desc: c.nvarchar(60).orNull,
    referenced_server_name: c.name.orNull,
    referenced_database_name: c.name.orNull,
    referenced_schema_name: c.name.orNull,
    referenced_entity_name: c.name.orNull,
    referenced_id: c.int.orNull,
    referenced_minor_id: c.int,
    is_caller_dependent: c.bit,
    is_ambiguous: c.bit,
  },
  function* (session) {
    requireSelect(session);
    for (const { from, database, schema, name, to } of dependencies(session)) {
      yield {
        referencing_id: entryOf(from).objectId,
        referencing_minor_id: 0,
        referencing_class: 1,
        referencing_class_desc: 'OBJECT_OR_COLUMN',
        is_schema_bound_reference: flag('schemaBound' in from && from.schemaBound),
        referenced_class: 1,
        referenced_class_desc: 'OBJECT_OR_COLUMN',
        referenced_database_name: database ?? null,
        referenced_schema_name: schema ?? null,
        referenced_entity_name: name,
        referenced_id: to?.objectId ?? null,
        referenced_minor_id: 0,
        is_caller_dependent: flag(from.kind === 'procedure' && schema === undefined),
        is_ambiguous: 0,
      };
    }
  },
);

export const DEPENDENCY_VIEWS: readonly CatalogView[] = [expressionDependencies];
