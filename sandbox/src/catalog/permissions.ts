import { SqlError } from '../engine/sql-error.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';

/** Whether the session may see the server's state: from SQL Server 2022 on VIEW SERVER PERFORMANCE STATE suffices. */
export function seesServerState(session: CatalogSession): boolean {
  return (
    session.isServerRoleMember('sysadmin') === true ||
    session.hasPermission('VIEW SERVER STATE') ||
    session.hasPermission('VIEW SERVER PERFORMANCE STATE')
  );
}

/** Error 300 of the server-scoped dynamic management views. */
export function requireServerState(session: CatalogSession): void {
  if (seesServerState(session)) return;
  throw new SqlError(
    300,
    "VIEW SERVER PERFORMANCE STATE permission was denied on object 'server', database 'master'.",
    14,
  );
}

/** Error 262 of the database-scoped dynamic management views. */
export function requireDatabaseState(session: CatalogSession): void {
  if (seesServerState(session)) return;
  if (session.hasPermission('VIEW DATABASE STATE') || session.hasPermission('VIEW DATABASE PERFORMANCE STATE')) return;
  throw new SqlError(
    262,
    `VIEW DATABASE PERFORMANCE STATE permission denied in database '${session.database.name}'.`,
    14,
  );
}
