import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseCatalog, DatabaseObject, StoredTable } from '../storage/table.ts';
import { parseMultipartName } from './multipart-name.ts';
import { constraintsOf, entryOf, type CatalogObject } from './object-kinds.ts';
import { systemViewId } from './system-view-ids.ts';
import { SYSTEM_VIEWS } from './system-views.ts';

export interface FoundObject extends CatalogObject {
  readonly object: DatabaseObject | undefined;
  readonly database: DatabaseCatalog;
}

function entry(object: DatabaseObject, database: DatabaseCatalog): FoundObject {
  return { ...entryOf(object), object, database };
}

function temporaryTable(session: CatalogSession, name: string): StoredTable | undefined {
  return [...session.temporaryTables].find(table => table.name.toLowerCase() === name.toLowerCase());
}

/** The schemas that are searched for a name without schema. */
function schemasFor(session: CatalogSession, schema: string | undefined): string[] {
  if (schema) return [schema];
  const own = session.principal.defaultSchema ?? 'dbo';
  return own.toLowerCase() === 'dbo' ? ['dbo', 'sys'] : [own, 'dbo', 'sys'];
}

function systemView(schema: string, name: string, database: DatabaseCatalog, created: bigint): FoundObject | undefined {
  const view = SYSTEM_VIEWS.find(
    candidate =>
      candidate.schema.toLowerCase() === schema.toLowerCase() && candidate.name.toLowerCase() === name.toLowerCase(),
  );
  if (!view) return undefined;
  return {
    objectId: systemViewId(view),
    name: view.name,
    schema: view.schema,
    parent: 0,
    kind: { type: 'V ', description: 'VIEW' },
    created,
    modified: created,
    systemNamed: false,
    object: undefined,
    database,
  };
}

/** Resolves a name as OBJECT_ID does: objects, constraints, system views, temporary tables, if they are visible. */
export function findObject(session: CatalogSession, text: string): FoundObject | undefined {
  const parts = parseMultipartName(text);
  const name = parts?.at(-1);
  if (!parts || name === undefined || parts.length > 3) return undefined;
  const wantedDatabase = parts.at(-3);
  const database = wantedDatabase ? session.server.database(wantedDatabase) : session.database;
  if (!database) return undefined;
  if (name.startsWith('#')) {
    if (wantedDatabase === undefined || wantedDatabase.toLowerCase() !== 'tempdb') return undefined;
    const table = temporaryTable(session, name);
    return table && entry(table, database);
  }
  for (const schema of schemasFor(session, parts.at(-2))) {
    const object = database.objectByName(schema, name);
    if (object) return session.isVisible(object.objectId) ? entry(object, database) : undefined;
    if (database === session.database) {
      const constraint = findConstraint(session, schema, name);
      if (constraint) return { ...constraint, object: undefined, database };
    }
    const view = systemView(schema, name, database, session.server.started);
    if (view) return view;
  }
  return undefined;
}

function findConstraint(session: CatalogSession, schema: string, name: string): CatalogObject | undefined {
  const table = session.database.constraintTableByName(schema, name);
  if (!table || !session.isVisible(table.objectId)) return undefined;
  return constraintsOf(table).find(constraint => constraint.name.toLowerCase() === name.toLowerCase());
}

/** The object, constraint or system view with an id, if it is visible to the session. */
export function objectById(
  session: CatalogSession,
  objectId: number,
  database = session.database,
): FoundObject | undefined {
  const object = database.objectById(objectId);
  if (object) return session.isVisible(objectId) ? entry(object, database) : undefined;
  const view = SYSTEM_VIEWS.find(candidate => systemViewId(candidate) === objectId);
  if (view) return systemView(view.schema, view.name, database, session.server.started);
  for (const table of session.temporaryTables) if (table.objectId === objectId) return entry(table, database);
  if (database !== session.database) return undefined;
  const table = database.constraintTable(objectId);
  if (!table || !session.isVisible(table.objectId)) return undefined;
  const constraint = constraintsOf(table).find(candidate => candidate.objectId === objectId);
  return constraint && { ...constraint, object: undefined, database };
}

/** Finds a table by its name, as COL_LENGTH and IDENT_CURRENT do. */
export function findTable(session: CatalogSession, text: string): StoredTable | undefined {
  const object = findObject(session, text)?.object;
  return object?.kind === 'table' ? object : undefined;
}
