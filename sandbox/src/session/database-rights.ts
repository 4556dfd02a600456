import { SqlError } from '../engine/sql-error.ts';
import type { Database } from '../storage/database.ts';
import type { Login, Server } from '../storage/server.ts';
import { SessionSecurity } from './session-security.ts';
import type { Impersonation } from './session-state.ts';

/** The rights of one session in each database: those of its login, or of the principal that EXECUTE AS names. */
export class DatabaseRights {
  private readonly server: Server;
  private readonly login: Login;
  private readonly impersonations: readonly Impersonation[];
  private readonly ofLogin = new Map<Database, SessionSecurity>();

  constructor(server: Server, login: Login, impersonations: readonly Impersonation[]) {
    this.server = server;
    this.login = login;
    this.impersonations = impersonations;
  }

  /** Throws 916 when the login has no user in the database. */
  in(database: Database): SessionSecurity {
    const acting = this.impersonations[this.impersonations.length - 1];
    if (acting?.user) {
      if (acting.user.database === database) return acting.user;
      throw noAccess(acting.login, database);
    }
    if (acting) {
      const user = database.security.userOfLogin(acting.login, this.server.login(acting.login)?.sysadmin ?? false);
      if (!user) throw noAccess(acting.login, database);
      return new SessionSecurity(this.server, database, acting.login, user);
    }
    const known = this.ofLogin.get(database);
    if (known && database.security.byId(known.principal.principalId) === known.principal) return known;
    const principal = database.security.userOfLogin(this.login.name, this.login.sysadmin);
    if (!principal) throw noAccess(this.login.name, database);
    const security = new SessionSecurity(this.server, database, this.login.name, principal);
    this.ofLogin.set(database, security);
    return security;
  }
}

const noAccess = (login: string, database: Database): SqlError =>
  new SqlError(
    916,
    `The server principal "${login}" is not able to access the database "${database.name}" under the current security context.`,
    14,
  );
