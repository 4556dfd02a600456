import type { CatalogSession } from '../session/catalog-provider.ts';
import { parseMultipartName } from './multipart-name.ts';
import { findObject } from './name-lookup.ts';
import { columnsOf } from './views/columns.ts';

const OBJECT = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'EXECUTE',
  'REFERENCES',
  'VIEW DEFINITION',
  'ALTER',
  'CONTROL',
  'TAKE OWNERSHIP',
  'VIEW CHANGE TRACKING',
  'UNMASK',
];
const SCHEMA = [...OBJECT, 'CREATE SEQUENCE'];
const DATABASE = [
  ...OBJECT,
  'CONNECT',
  'AUTHENTICATE',
  'BACKUP DATABASE',
  'BACKUP LOG',
  'CHECKPOINT',
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE PROCEDURE',
  'CREATE FUNCTION',
  'CREATE SCHEMA',
  'CREATE TYPE',
  'CREATE SYNONYM',
  'CREATE ROLE',
  'CREATE DEFAULT',
  'CREATE RULE',
  'SHOWPLAN',
  'VIEW DATABASE STATE',
  'VIEW DATABASE PERFORMANCE STATE',
  'VIEW DATABASE SECURITY STATE',
  'ALTER ANY SCHEMA',
  'ALTER ANY USER',
  'ALTER ANY ROLE',
  'ALTER ANY SECURITY POLICY',
  'KILL DATABASE CONNECTION',
];
const SERVER = [
  'CONTROL SERVER',
  'VIEW SERVER STATE',
  'VIEW SERVER PERFORMANCE STATE',
  'VIEW ANY DATABASE',
  'VIEW ANY DEFINITION',
  'ALTER ANY LOGIN',
  'ALTER ANY DATABASE',
  'CREATE ANY DATABASE',
  'CONNECT SQL',
  'SHUTDOWN',
  'ALTER SETTINGS',
  'ALTER TRACE',
  'IMPERSONATE ANY LOGIN',
  'ADMINISTER BULK OPERATIONS',
];
/** Every login has these as a member of public. */
const OF_PUBLIC: ReadonlySet<string> = new Set(['VIEW ANY DATABASE', 'CONNECT SQL']);

type Check = (permission: string) => boolean;

function any(permission: string, known: readonly string[], check: Check): 0 | 1 | null {
  const wanted = permission.trim().toUpperCase();
  if (wanted === 'ANY') return known.some(check) ? 1 : 0;
  if (!known.includes(wanted)) return null;
  return check(wanted) ? 1 : 0;
}

/** HAS_PERMS_BY_NAME: NULL when securable, class or permission do not exist. */
export function hasPermission(
  session: CatalogSession,
  securable: string | null,
  securableClass: string | null,
  permission: string,
  subSecurable: string | null,
  subSecurableClass: string | null,
): 0 | 1 | null {
  switch (securableClass?.trim().toUpperCase() ?? 'SERVER') {
    case 'SERVER': {
      const all = session.isServerRoleMember('sysadmin') === true;
      return any(permission, SERVER, name => all || OF_PUBLIC.has(name) || session.hasPermission(name));
    }
    case 'DATABASE': {
      if (
        securable !== null &&
        session.server.database(parseMultipartName(securable)?.at(-1) ?? '') !== session.database
      )
        return null;
      return any(permission, DATABASE, name => session.hasPermission(name));
    }
    case 'SCHEMA': {
      const schema = session.database.schema(parseMultipartName(securable ?? '')?.at(-1) ?? '');
      if (!schema) return null;
      return any(permission, SCHEMA, name => session.hasPermission(name, { schemaId: schema.schemaId }));
    }
    case 'OBJECT': {
      const found = findObject(session, securable ?? '');
      if (!found) return null;
      if (subSecurable !== null) {
        if (subSecurableClass?.trim().toUpperCase() !== 'COLUMN' || !found.object) return null;
        const wanted = (parseMultipartName(subSecurable)?.at(-1) ?? '').toLowerCase();
        if (![...columnsOf(found.object)].some(({ name }) => name.toLowerCase() === wanted)) return null;
      }
      if (found.objectId < 0) return any(permission, OBJECT, name => name === 'SELECT' || name === 'VIEW DEFINITION');
      return any(permission, OBJECT, name => session.hasPermission(name, { objectId: found.objectId }));
    }
    default:
      return null;
  }
}
