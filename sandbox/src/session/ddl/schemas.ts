import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { SessionState } from '../session-state.ts';
import { currentUndo } from './undo.ts';

export function createSchema(session: SessionState, statement: ast.CreateSchema): void {
  session.security.requireDatabase('CREATE SCHEMA');
  const { database } = session;
  const owner = statement.owner === undefined ? session.security.principal : database.security.find(statement.owner);
  if (!owner)
    throw new SqlError(
      15151,
      `Cannot find the user '${statement.owner}', because it does not exist or you do not have permission.`,
    );
  currentUndo(session).log(database.addSchema(statement.name, owner.principalId));
  database.version++;
}

/** ALTER SCHEMA … TRANSFER: explicit permissions on the object are dropped, as SQL Server does. */
export function transferToSchema(session: SessionState, statement: ast.TransferToSchema): void {
  const { database } = session;
  const schema = database.schema(statement.schema);
  if (!schema)
    throw new SqlError(
      15151,
      `Cannot find the schema '${statement.schema}', because it does not exist or you do not have permission.`,
    );
  const name = statement.object[statement.object.length - 1]!;
  const object = database.objectByName(statement.object[statement.object.length - 2] || 'dbo', name);
  if (!object || !session.security.has('CONTROL', object) || !session.security.has('ALTER', schema)) {
    throw new SqlError(
      15151,
      `Cannot find the object '${name}', because it does not exist or you do not have permission.`,
    );
  }
  if (database.objectByName(schema.name, name))
    throw new SqlError(15530, `The object with name "${name}" already exists.`);
  const undo = currentUndo(session);
  undo.log(database.security.dropPermissionsOn('OBJECT', object.objectId));
  if (object instanceof MemoryTable) {
    const from = object.schema;
    const move = (to: string): void => {
      database.remove(object);
      object.schema = to;
      database.add(object);
    };
    move(schema.name);
    undo.log(() => move(from));
    return;
  }
  undo.log(database.replace(object, { ...object, schema: schema.name }));
}
