import type * as ast from '../../parser/ast.ts';
import type { DatabaseAccess } from '../session-state.ts';

/** CREATE and DROP DATABASE. They are not part of a transaction. */
export function createDatabase(session: DatabaseAccess, statement: ast.DatabaseStatement): void {
  session.security.requireServer('CREATE ANY DATABASE', "CREATE DATABASE permission denied in database 'master'.");
  for (const name of statement.names) {
    if (statement.verb === 'create') session.server.createDatabase(name);
    else if (!statement.ifExists || session.server.database(name)) session.server.dropDatabase(name);
  }
}
