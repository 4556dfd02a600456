import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseObject, StoredTable } from '../storage/table.ts';

export interface ObjectKind {
  /** sys.objects.type, two characters. */
  readonly type: string;
  readonly description: string;
}

const KINDS: Readonly<Record<DatabaseObject['kind'], ObjectKind>> = {
  table: { type: 'U ', description: 'USER_TABLE' },
  view: { type: 'V ', description: 'VIEW' },
  procedure: { type: 'P ', description: 'SQL_STORED_PROCEDURE' },
  'scalar function': { type: 'FN', description: 'SQL_SCALAR_FUNCTION' },
  'inline function': { type: 'IF', description: 'SQL_INLINE_TABLE_VALUED_FUNCTION' },
  'table function': { type: 'TF', description: 'SQL_TABLE_VALUED_FUNCTION' },
  sequence: { type: 'SO', description: 'SEQUENCE_OBJECT' },
  synonym: { type: 'SN', description: 'SYNONYM' },
  type: { type: 'TT', description: 'TYPE_TABLE' },
  'security policy': { type: 'SP', description: 'SECURITY_POLICY' },
};

export const PRIMARY_KEY: ObjectKind = { type: 'PK', description: 'PRIMARY_KEY_CONSTRAINT' };
export const UNIQUE: ObjectKind = { type: 'UQ', description: 'UNIQUE_CONSTRAINT' };
export const FOREIGN_KEY: ObjectKind = { type: 'F ', description: 'FOREIGN_KEY_CONSTRAINT' };
export const CHECK: ObjectKind = { type: 'C ', description: 'CHECK_CONSTRAINT' };
export const DEFAULT: ObjectKind = { type: 'D ', description: 'DEFAULT_CONSTRAINT' };

const kindOf = (object: DatabaseObject): ObjectKind => KINDS[object.kind];

/** A row of sys.objects, whatever it stands for. */
export interface CatalogObject {
  readonly objectId: number;
  readonly name: string;
  readonly schema: string;
  readonly parent: number;
  readonly kind: ObjectKind;
  readonly created: bigint;
  readonly modified: bigint;
  readonly systemNamed: boolean;
}

export function entryOf(object: DatabaseObject): CatalogObject {
  const { objectId, name, schema, created, modified } = object;
  return { objectId, name, schema, parent: 0, kind: kindOf(object), created, modified, systemNamed: false };
}

/** The constraints of a table as objects: an array, since sys.objects asks every table for them. */
export function constraintsOf(table: StoredTable): readonly CatalogObject[] {
  const { schema, objectId: parent, created, modified } = table;
  const found: CatalogObject[] = [];
  const add = (objectId: number, name: string, kind: ObjectKind, systemNamed: boolean): void => {
    found.push({ objectId, name, schema, parent, kind, created, modified, systemNamed });
  };
  for (const index of table.indexes) {
    if (index.constraint === undefined || index.constraintObjectId === undefined) continue;
    const kind = index.constraint === 'PRIMARY KEY' ? PRIMARY_KEY : UNIQUE;
    add(index.constraintObjectId, index.name, kind, index.systemNamed ?? false);
  }
  for (const check of table.checks) add(check.objectId, check.name, CHECK, check.systemNamed);
  for (const key of table.foreignKeys) add(key.objectId, key.name, FOREIGN_KEY, key.systemNamed);
  for (const { default: byDefault } of table.columns) {
    if (byDefault) add(byDefault.objectId, byDefault.name, DEFAULT, byDefault.systemNamed);
  }
  return found;
}

/** The objects of the database that are visible to the session (learn.microsoft.com: Metadata visibility). */
export function* visibleObjects(session: CatalogSession): Generator<DatabaseObject> {
  for (const object of session.objects) {
    if (object.kind !== 'type' && session.isVisible(object.objectId)) yield object;
  }
  // Temporary tables are in tempdb, where each session sees its own.
  if (session.database.name.toLowerCase() === 'tempdb') yield* session.temporaryTables;
}

export function* visibleTables(session: CatalogSession): Generator<StoredTable> {
  for (const object of visibleObjects(session)) if (object.kind === 'table') yield object;
}

/** All rows of sys.objects: objects and, with their tables, constraints. */
export function* catalogObjects(session: CatalogSession): Generator<CatalogObject> {
  for (const object of visibleObjects(session)) {
    yield entryOf(object);
    if (object.kind === 'table' && session.constraints)
      for (const constraint of constraintsOf(object)) yield constraint;
  }
}

export function schemaIdOf(session: CatalogSession, schema: string): number {
  return session.database.schema(schema)?.schemaId ?? 1;
}

/** Whether the session may read the definition of an object; elsewhere it is NULL. */
export function seesDefinition(session: CatalogSession, objectId: number): boolean {
  return session.hasPermission('VIEW DEFINITION', { objectId });
}
