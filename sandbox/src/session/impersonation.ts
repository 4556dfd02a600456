import type { Steps } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { SYSNAME } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';
import type { Principal } from '../storage/principals.ts';
import { evaluateAs } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { SessionSecurity } from './session-security.ts';
import type { ActingPrincipal, Impersonation, SessionState } from './session-state.ts';

/** EXECUTE AS USER | LOGIN = 'name' | CALLER. */
export function* executeAs(session: SessionState, frame: Frame, statement: ast.ExecuteAsStatement): Steps {
  if (statement.principal === 'caller' || !statement.name) {
    impersonate(session, { login: session.actingLogin, user: session.security, frame });
    return;
  }
  const name = String((yield* evaluateAs(session, frame, statement, statement.name, SYSNAME)) ?? '');
  if (statement.principal === 'login') {
    if (!session.server.login(name) || !session.security.sysadmin) throw refused('server', name);
    impersonate(session, { login: name, user: undefined, frame });
    return;
  }
  const user = session.database.security.find(name);
  if (user?.type !== 'S' || !(session.security.has('CONTROL') || user === session.security.principal))
    throw refused('database', name);
  impersonateUser(session, session.database, user, frame);
}

/** Also used for WITH EXECUTE AS of a procedure, where the permission to impersonate is not checked again. */
export function impersonateUser(session: ActingPrincipal, database: Database, user: Principal, frame: Frame): void {
  const login = user.principalId === 1 ? session.actingLogin : (user.login ?? user.name);
  impersonate(session, { login, user: new SessionSecurity(session.server, database, login, user, false), frame });
}

function impersonate(session: ActingPrincipal, impersonation: Impersonation): void {
  session.impersonations.push(impersonation);
  session.planVersion++;
}

/** REVERT ends the last impersonation, unless an outer frame began it. */
export function revert(session: ActingPrincipal, frame: Frame): void {
  const last = session.impersonations[session.impersonations.length - 1];
  if (!last || (frame.kind !== 'batch' && last.frame !== frame)) return;
  session.impersonations.pop();
  session.planVersion++;
}

/** The end of a procedure or dynamic batch reverts its impersonations. */
export function revertFrame(session: ActingPrincipal, frame: Frame): void {
  while (session.impersonations[session.impersonations.length - 1]?.frame === frame) {
    session.impersonations.pop();
    session.planVersion++;
  }
}

const refused = (kind: 'database' | 'server', name: string): SqlError =>
  new SqlError(
    kind === 'database' ? 15517 : 15406,
    `Cannot execute as the ${kind} principal because the principal "${name}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
  );
