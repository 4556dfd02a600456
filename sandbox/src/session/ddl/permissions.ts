import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { DatabaseObject, PermissionEntry } from '../../storage/table.ts';
import { frameContext } from '../contexts.ts';
import type { Frame } from '../frame.ts';
import { DATABASE_PERMISSIONS, permissionsOnObject, SCHEMA_PERMISSIONS } from '../session-security.ts';
import type { SessionState } from '../session-state.ts';
import { currentUndo } from './undo.ts';

interface Target {
  readonly scope: PermissionEntry['scope'];
  readonly majorId: number;
  readonly permissions: readonly string[];
  /** ALL means these, on an object. */
  readonly all: readonly string[];
  readonly on?: { readonly objectId: number } | { readonly schemaId: number };
}

/** The ANSI-92 permissions that the deprecated GRANT ALL grants. */
const ALL_ON_TABLE = ['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'UPDATE'];

/** GRANT, DENY, REVOKE on the database, a schema or an object. */
export function changePermissions(session: SessionState, frame: Frame, statement: ast.PermissionStatement): void {
  const target = resolveTarget(session, frame, statement.securable);
  if (statement.securable.kind === 'object' && statement.securable.columns.length > 0)
    throw notSupported('column permissions', statement.line);
  const { security } = session.database;
  const undo = currentUndo(session);
  for (const name of statement.principals) {
    const principal = security.find(name);
    if (!principal)
      throw new SqlError(
        15151,
        `Cannot find the user '${name}', because it does not exist or you do not have permission.`,
      );
    if (principal.principalId === 1 || principal === session.security.principal || name.toLowerCase() === 'sys') {
      throw new SqlError(
        4610,
        'Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.',
      );
    }
    for (const permission of namesOf(statement, target)) {
      if (!target.permissions.includes(permission))
        throw new SqlError(4606, `Granted or revoked privilege ${permission} is not compatible with object.`);
      requireGrant(session, permission, target);
      const entry = {
        principalId: principal.principalId,
        permission,
        scope: target.scope,
        majorId: target.majorId,
        minorId: 0,
      };
      const held = security.permissions.find(other => isEntry(other, entry));
      if (statement.grantOptionFor) {
        // Only the grant option is revoked; the permission remains.
        if (held?.state === 'GRANT_WITH_GRANT_OPTION') undo.log(security.grant({ ...entry, state: 'GRANT' }));
      } else if (statement.action === 'revoke') undo.log(security.revoke(entry));
      else undo.log(security.grant({ ...entry, state: stateOf(statement) }));
    }
  }
}

const isEntry = (a: PermissionEntry, b: Omit<PermissionEntry, 'state'>): boolean =>
  a.principalId === b.principalId && a.permission === b.permission && a.scope === b.scope && a.majorId === b.majorId;

const stateOf = (statement: ast.PermissionStatement): PermissionEntry['state'] =>
  statement.action === 'deny' ? 'DENY' : statement.withGrantOption ? 'GRANT_WITH_GRANT_OPTION' : 'GRANT';

function namesOf(statement: ast.PermissionStatement, target: Target): string[] {
  return statement.permissions.flatMap(permission => {
    if (permission.columns.length > 0) throw notSupported('column permissions', statement.line);
    const name = permission.name.toUpperCase().replace(/\s+/g, ' ');
    if (name === 'ALL' || name === 'ALL PRIVILEGES') return [...target.all];
    return [name === 'EXEC' ? 'EXECUTE' : name];
  });
}

function requireGrant(session: SessionState, permission: string, target: Target): void {
  const { security, database } = session;
  if (security.has('CONTROL', target.on)) return;
  const ids = database.security.effectiveIds(security.principal);
  const may = database.security.permissions.some(
    entry =>
      entry.state === 'GRANT_WITH_GRANT_OPTION' &&
      entry.permission === permission &&
      entry.scope === target.scope &&
      entry.majorId === target.majorId &&
      ids.has(entry.principalId),
  );
  if (may) return;
  throw new SqlError(4613, 'Grantor does not have GRANT permission.');
}

function resolveTarget(session: SessionState, frame: Frame, securable: ast.Securable): Target {
  const { database } = session;
  switch (securable.kind) {
    case 'database':
      return {
        scope: 'DATABASE',
        majorId: 0,
        permissions: DATABASE_PERMISSIONS,
        all: DATABASE_PERMISSIONS.filter(name => name.startsWith('CREATE ')),
      };
    case 'schema': {
      const schema = database.schema(securable.name);
      if (!schema)
        throw new SqlError(
          15151,
          `Cannot find the schema '${securable.name}', because it does not exist or you do not have permission.`,
        );
      return {
        scope: 'SCHEMA',
        majorId: schema.schemaId,
        permissions: SCHEMA_PERMISSIONS,
        all: ALL_ON_TABLE,
        on: schema,
      };
    }
    case 'object': {
      const context = frameContext(session, frame);
      const object: DatabaseObject | undefined = context.find(context.objectName(securable.name));
      const last = securable.name[securable.name.length - 1]!;
      const [, schema] = [...securable.name].reverse();
      const system =
        object || schema?.toLowerCase() !== 'sys'
          ? undefined
          : session.catalog?.view('sys', last, session.catalogSession(database));
      if (system) return { scope: 'OBJECT', majorId: system.objectId, permissions: ['SELECT'], all: ['SELECT'] };
      if (!object)
        throw new SqlError(
          15151,
          `Cannot find the object '${last}', because it does not exist or you do not have permission.`,
        );
      const permissions = permissionsOnObject(object);
      return {
        scope: 'OBJECT',
        majorId: object.objectId,
        permissions,
        all: permissions.includes('EXECUTE') ? ['EXECUTE'] : ALL_ON_TABLE,
        on: object,
      };
    }
    default:
      throw notSupported(`permissions on a ${securable.kind}`);
  }
}
