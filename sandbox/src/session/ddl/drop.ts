import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { DatabaseObject, SchemaDefinition } from '../../storage/table.ts';
import { frameContext } from '../contexts.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { dropLogin, dropRole, dropUser } from './principals.ts';
import { currentUndo } from './undo.ts';

const KINDS: Readonly<Record<string, readonly string[]>> = {
  table: ['table'],
  view: ['view'],
  procedure: ['procedure'],
  function: ['scalar function', 'inline function', 'table function'],
  sequence: ['sequence'],
  synonym: ['synonym'],
  'security policy': ['security policy'],
};

export function dropObjects(session: SessionState, frame: Frame, statement: ast.Drop): void {
  for (const name of statement.names) {
    switch (statement.object) {
      case 'login':
        dropLogin(session, name[0]!, statement.ifExists);
        break;
      case 'user':
        dropUser(session, name[0]!, statement.ifExists);
        break;
      case 'role':
        dropRole(session, name[0]!, statement.ifExists);
        break;
      case 'schema':
        dropSchema(session, name[name.length - 1]!, statement.ifExists);
        break;
      case 'type':
        dropType(session, name, statement.ifExists);
        break;
      default:
        dropObject(session, frame, name, statement);
    }
  }
}

function dropObject(session: SessionState, frame: Frame, name: ast.ObjectName, statement: ast.Drop): void {
  const { object: kind, ifExists } = statement;
  const last = name[name.length - 1]!;
  if (kind === 'table' && last.startsWith('#')) {
    if (!dropTemporary(session, frame, last) && !ifExists) throw notFound(kind, name);
    return;
  }
  const context = frameContext(session, frame);
  const target = context.objectName(name);
  const object =
    target.database.objectByName(target.schema ?? context.scope.defaultSchema, target.name) ??
    (target.schema === undefined ? target.database.objectByName('dbo', target.name) : undefined);
  if (!object) {
    if (ifExists) return;
    throw notFound(kind, name);
  }
  if (!KINDS[kind]!.includes(object.kind)) {
    throw new SqlError(
      3705,
      `Cannot use DROP ${kind.toUpperCase()} with '${name.join('.')}' because '${name.join('.')}' is a ${object.kind}. Use DROP ${object.kind.toUpperCase()}.`,
      16,
      1,
    );
  }
  const security = session.securityIn(target.database);
  const schema = target.database.schema(object.schema)!;
  if (!security.has('CONTROL', object) && !security.has('ALTER', schema)) throw notFound(kind, name);
  if (object.kind === 'table') refuseReferenced(target.database, object as MemoryTable, name);
  refuseBound(target.database, object);
  remove(session, target.database, object);
}

function remove(session: SessionState, database: Database, object: DatabaseObject): void {
  const undo = currentUndo(session);
  if (object.kind === 'table') undo.lock(object as MemoryTable);
  undo.log(database.security.dropPermissionsOn('OBJECT', object.objectId));
  undo.log(database.setProperties(object.objectId, () => []));
  undo.log(database.remove(object));
  session.planVersion++;
}

function dropTemporary(session: SessionState, frame: Frame, name: string): boolean {
  const key = name.toLowerCase();
  for (let level: Frame | undefined = frame; level; level = level.parent) {
    const table = level.temporaryTables.get(key);
    if (!table) continue;
    const tables = level.temporaryTables;
    tables.delete(key);
    session.planVersion++;
    currentUndo(session).log(() => {
      tables.set(key, table);
      session.planVersion++;
    });
    return true;
  }
  return false;
}

function refuseReferenced(database: Database, table: MemoryTable, name: ast.ObjectName): void {
  if (database.referencingKeys(table).every(({ child }) => child === table)) return;
  throw new SqlError(
    3726,
    `Could not drop object '${name.join('.')}' because it is referenced by a FOREIGN KEY constraint.`,
  );
}

/** SCHEMABINDING: an object that a schema-bound module or policy uses cannot be dropped. */
function refuseBound(database: Database, object: DatabaseObject): void {
  for (const other of database.objects) {
    const bound =
      (other.kind === 'security policy' &&
        other.schemaBound &&
        other.predicates.some(
          predicate => predicate.table.objectId === object.objectId || isFunction(predicate.functionName, object),
        )) ||
      ((other.kind === 'view' || other.kind === 'inline function') &&
        other.schemaBound &&
        other !== object &&
        mentions(other.query, object));
    if (bound)
      throw new SqlError(
        3729,
        `Cannot DROP ${object.kind.replace(/^(scalar|inline|table) /, '').toUpperCase()} '${object.schema}.${object.name}' because it is being referenced by object '${other.name}'.`,
      );
  }
}

const isFunction = (name: readonly string[], object: DatabaseObject): boolean =>
  name[name.length - 1]!.toLowerCase() === object.name.toLowerCase() &&
  (name[name.length - 2] ?? 'dbo').toLowerCase() === object.schema.toLowerCase();

function mentions(node: unknown, object: DatabaseObject): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(item => mentions(item, object));
  const { kind, name } = node as { kind?: unknown; name?: unknown };
  if (
    (kind === 'table' || kind === 'table function' || kind === 'function') &&
    Array.isArray(name) &&
    isFunction(name as string[], object)
  )
    return true;
  return Object.values(node).some(value => mentions(value, object));
}

function dropSchema(session: SessionState, name: string, ifExists: boolean): void {
  const { database } = session;
  const schema: SchemaDefinition | undefined = database.schema(name);
  if (!schema || !session.security.has('CONTROL', schema)) {
    if (ifExists && !schema) return;
    throw new SqlError(
      15151,
      `Cannot drop the schema '${name}', because it does not exist or you do not have permission.`,
    );
  }
  if (schema.schemaId <= 4) throw new SqlError(15150, `Cannot drop the schema '${name}'.`);
  for (const object of [...database.objects, ...database.types]) {
    if (object.schema.toLowerCase() !== schema.name.toLowerCase()) continue;
    throw new SqlError(3729, `Cannot drop schema '${name}' because it is being referenced by object '${object.name}'.`);
  }
  const undo = currentUndo(session);
  undo.log(database.security.dropPermissionsOn('SCHEMA', schema.schemaId));
  undo.log(database.dropSchema(schema));
  database.version++;
}

function dropType(session: SessionState, name: ast.ObjectName, ifExists: boolean): void {
  const last = name[name.length - 1]!;
  const { database } = session;
  const type = database.type(name[name.length - 2] || 'dbo', last);
  if (!type) {
    if (ifExists) return;
    throw new SqlError(
      3701,
      `Cannot drop the type '${name.join('.')}', because it does not exist or you do not have permission.`,
      11,
      5,
    );
  }
  for (const object of database.objects) {
    const used =
      object.kind === 'table' &&
      object.columns.some(column => column.userTypeName?.toLowerCase() === last.toLowerCase());
    if (used)
      throw new SqlError(
        3732,
        `Cannot drop type '${name.join('.')}' because it is being referenced by object '${object.name}'. There may be other objects that reference this type.`,
      );
  }
  currentUndo(session).log(database.remove(type));
}

const notFound = (kind: string, name: ast.ObjectName): SqlError =>
  new SqlError(
    3701,
    `Cannot drop the ${kind} '${name.join('.')}', because it does not exist or you do not have permission.`,
    11,
    5,
  );
