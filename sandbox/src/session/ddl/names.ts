import { SqlError } from '../../engine/sql-error.ts';
import type { ObjectName } from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { SchemaDefinition } from '../../storage/table.ts';
import type { DatabaseAccess } from '../session-state.ts';

const MAX_NAME = 128;

export interface NewName {
  readonly database: Database;
  readonly schema: SchemaDefinition;
  readonly name: string;
}

/** Database and schema of a new object. Raises 2760 for an unknown schema, 103 for a name that is too long. */
export function newObjectName(session: DatabaseAccess, parts: ObjectName): NewName {
  const name = parts[parts.length - 1]!;
  if (name.length > MAX_NAME) {
    throw new SqlError(
      103,
      `The identifier that starts with '${name.slice(0, MAX_NAME)}' is too long. Maximum length is 128.`,
      15,
      4,
    );
  }
  const databaseName = parts[parts.length - 3];
  const database = databaseName ? session.server.database(databaseName) : session.database;
  if (!database)
    throw new SqlError(911, `Database '${databaseName}' does not exist. Make sure that the name is entered correctly.`);
  const wanted = parts[parts.length - 2] || session.securityIn(database).principal.defaultSchema || 'dbo';
  const schema = database.schema(wanted);
  if (!schema || ['sys', 'information_schema'].includes(schema.name.toLowerCase())) {
    throw new SqlError(
      2760,
      `The specified schema name "${wanted}" either does not exist or you do not have permission to use it.`,
    );
  }
  return { database, schema, name };
}

export function refuseDuplicate(target: NewName): void {
  if (!target.database.objectByName(target.schema.name, target.name)) return;
  throw new SqlError(2714, `There is already an object named '${target.name}' in the database.`, 16, 6);
}

/** CREATE requires the permission for such objects in the database and ALTER on the schema. */
export function requireCreate(session: DatabaseAccess, permission: string, target: NewName): void {
  const security = session.securityIn(target.database);
  security.requireDatabase(permission);
  if (
    security.isOwner ||
    security.has('ALTER', target.schema) ||
    target.schema.principalId === security.principal.principalId
  )
    return;
  throw new SqlError(
    2760,
    `The specified schema name "${target.schema.name}" either does not exist or you do not have permission to use it.`,
  );
}

const hex = (objectId: number, digits: number): string =>
  (BigInt(objectId) * 0x9e3779b97f4a7c15n).toString(16).toUpperCase().slice(-digits).padStart(digits, '0');

/**
 * Names that SQL Server generates for constraints: PK__Orders__3214EC07A1B2C3D4, DF__Orders__Price__1A2B3C4D, and
 * CK__Orders__1A2B3C4D for a table constraint (column null).
 */
export function systemName(prefix: string, table: string, column: string | null | undefined, objectId: number): string {
  const parts = [prefix, table.slice(0, 9)];
  if (column) parts.push(column.slice(0, 5));
  parts.push(hex(objectId, column === undefined ? 16 : 8));
  return parts.join('__');
}

export const objectNotFound = (parts: ObjectName, number = 4902): SqlError =>
  new SqlError(
    number,
    `Cannot find the object "${parts.join('.')}" because it does not exist or you do not have permissions.`,
    16,
    1,
  );
