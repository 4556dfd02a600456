import type { MetadataFacts } from '../engine/functions/context.ts';
import { notSupported } from '../engine/sql-error.ts';
import type { Database } from '../storage/database.ts';
import type { CatalogSession } from './catalog-provider.ts';
import { describeFirstResultSet } from './describe.ts';
import type { SessionState } from './session-state.ts';

/** The session as the catalog may see it, for one database. */
export function sessionCatalog(session: SessionState, database: Database): CatalogSession {
  return {
    server: session.server,
    database,
    get objects() {
      return database.objects;
    },
    constraints: true,
    get extendedProperties() {
      return database.extendedProperties;
    },
    spid: session.spid,
    login: session.login.name,
    get principal() {
      return session.securityIn(database).principal;
    },
    get temporaryTables() {
      return visibleTemporaryTables(session);
    },
    get information() {
      return session.information;
    },
    hasPermission: (permission, on) => session.securityIn(database).has(permission, on),
    hasGrant: (permission, id) => session.securityIn(database).hasGrant(permission, id),
    isVisible: objectId => session.securityIn(database).isVisible(objectId),
    effectivePermissions: (securable, securableClass) =>
      session.securityIn(database).effective(securable, securableClass),
    isMember: role => session.securityIn(database).isRoleMember(role),
    isRoleMember: (role, principal) => session.securityIn(database).isRoleMember(role, principal),
    isServerRoleMember: (role, login) => session.securityIn(database).isServerRoleMember(role, login),
    describe: (sql, parameters) => describeFirstResultSet(session, sql, parameters),
  };
}

/** The metadata functions of the current database; each call asks for it anew, for USE may change it. */
export function currentMetadata(session: SessionState): MetadataFacts {
  const { catalog } = session;
  if (!catalog) {
    return new Proxy({} as MetadataFacts, {
      get: () => () => {
        throw notSupported('metadata functions in a session without a catalog');
      },
    });
  }
  return new Proxy({} as MetadataFacts, {
    get: (_target, key) => Reflect.get(catalog.metadata(session.catalogSession(session.database)), key) as unknown,
  });
}

function visibleTemporaryTables(
  session: SessionState,
): CatalogSession['temporaryTables'] extends Iterable<infer T> ? T[] : never {
  const found = new Map([...session.temporaryTables]);
  for (let frame: typeof session.frame | undefined = session.frame; frame; frame = frame.parent) {
    for (const [name, table] of frame.temporaryTables) if (!found.has(name)) found.set(name, table);
  }
  return [...found.values()];
}
