import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Principal } from '../../storage/principals.ts';
import type { SessionState } from '../session-state.ts';
import { currentUndo } from './undo.ts';

const NO_PERMISSION = 'User does not have permission to perform this action.';

export function createLogin(session: SessionState, statement: ast.CreateLogin): void {
  session.security.requireServer('ALTER ANY LOGIN', NO_PERMISSION);
  const { defaultDatabase } = statement;
  if (defaultDatabase !== undefined && !session.server.database(defaultDatabase)) throw noDatabase(defaultDatabase);
  session.server.createLogin(statement.name, statement.password, {
    ...(defaultDatabase === undefined ? {} : { defaultDatabase }),
  });
}

export function alterLogin(session: SessionState, statement: ast.AlterLogin): void {
  const login = session.server.login(statement.name);
  const own = statement.name.toLowerCase() === session.login.name.toLowerCase();
  if (!login || !(session.security.hasServer('ALTER ANY LOGIN') || (own && statement.enabled === undefined))) {
    throw missing('alter', 'login', statement.name);
  }
  if (statement.password !== undefined) session.server.setPassword(login, statement.password);
  if (statement.enabled !== undefined) login.disabled = !statement.enabled;
  if (statement.defaultDatabase !== undefined) {
    if (!session.server.database(statement.defaultDatabase)) throw noDatabase(statement.defaultDatabase);
    login.defaultDatabase = statement.defaultDatabase;
  }
}

export function dropLogin(session: SessionState, name: string, ifExists: boolean): void {
  const login = session.server.login(name);
  if (!login && ifExists) return;
  if (!login || !session.security.hasServer('ALTER ANY LOGIN')) throw missing('drop', 'login', name);
  for (const other of session.server.sessions) {
    if (other.login.toLowerCase() === name.toLowerCase())
      throw new SqlError(15434, `Could not drop login '${name}' as the user is currently logged in.`);
  }
  session.server.dropLogin(name);
}

export function createUser(session: SessionState, statement: ast.CreateUser): void {
  require(session, 'ALTER ANY USER');
  const { database, server } = session;
  const login = statement.login === null ? null : (statement.login ?? statement.name);
  if (login !== null) {
    if (!server.login(login))
      throw new SqlError(15007, `'${login}' is not a valid login or you do not have permission.`);
    for (const other of database.principals) {
      if (other.login?.toLowerCase() === login.toLowerCase())
        throw new SqlError(15063, 'The login already has an account under a different user name.');
    }
  }
  const user = database.security.create(statement.name, 'S', login, statement.defaultSchema ?? 'dbo');
  currentUndo(session).log(() => void database.security.drop(user));
}

export function alterUser(session: SessionState, statement: ast.AlterUser): void {
  require(session, 'ALTER ANY USER');
  const { database } = session;
  const user = database.security.find(statement.name);
  if (user?.type !== 'S') throw missing('alter', 'user', statement.name);
  const before = { name: user.name, login: user.login, defaultSchema: user.defaultSchema };
  if (statement.newName !== undefined) {
    if (database.security.find(statement.newName))
      throw new SqlError(15023, `User, group, or role '${statement.newName}' already exists in the current database.`);
    user.name = statement.newName;
  }
  if (statement.login !== undefined) {
    if (!session.server.login(statement.login))
      throw new SqlError(15007, `'${statement.login}' is not a valid login or you do not have permission.`);
    user.login = statement.login;
  }
  if (statement.defaultSchema !== undefined) user.defaultSchema = statement.defaultSchema;
  currentUndo(session).log(() => void Object.assign(user, before));
}

export function dropUser(session: SessionState, name: string, ifExists: boolean): void {
  drop(session, name, ifExists, 'S', 'user', 'ALTER ANY USER');
}

export function createRole(session: SessionState, statement: ast.CreateRole): void {
  if (!session.security.has('CREATE ROLE')) require(session, 'ALTER ANY ROLE');
  if (statement.owner !== undefined && statement.owner.toLowerCase() !== 'dbo')
    throw notSupported('CREATE ROLE … AUTHORIZATION', statement.line);
  const { database } = session;
  const role = database.security.create(statement.name, 'R', null, null);
  currentUndo(session).log(() => void database.security.drop(role));
}

export function dropRole(session: SessionState, name: string, ifExists: boolean): void {
  const role = session.database.security.find(name);
  if (role?.fixedRole || role?.principalId === 0) throw missing('drop', 'role', name);
  const members = role ? [...session.database.principals].filter(member => member.memberOf.has(role.principalId)) : [];
  if (members.length > 0) throw new SqlError(15144, 'The role has members. It must be empty before it can be dropped.');
  drop(session, name, ifExists, 'R', 'role', 'ALTER ANY ROLE');
}

export function alterRoleMember(session: SessionState, statement: ast.AlterRoleMember): void {
  if (statement.server) {
    alterServerRole(session, statement);
    return;
  }
  changeMembership(session, statement.role, statement.member, statement.action);
}

/** ALTER ROLE, sp_addrolemember, sp_droprolemember. */
export function changeMembership(
  session: SessionState,
  roleName: string,
  memberName: string,
  action: 'add' | 'drop',
): void {
  const { security } = session.database;
  const role = security.find(roleName);
  if (role?.type !== 'R' || role.principalId === 0 || !canAlterRole(session, role))
    throw missing('alter', 'role', roleName);
  const member = security.find(memberName);
  if (!member) throw missing('alter', action === 'add' ? 'role' : 'role', roleName, memberName);
  if (member.principalId === 1) throw new SqlError(15405, `Cannot use the special principal '${memberName}'.`);
  if (action === 'add' && (member === role || security.isMember(role, member))) {
    throw new SqlError(15413, 'Cannot make a role a member of itself.');
  }
  const before = new Set(member.memberOf);
  if (action === 'add') member.memberOf.add(role.principalId);
  else member.memberOf.delete(role.principalId);
  currentUndo(session).log(() => {
    member.memberOf = before;
  });
}

function canAlterRole(session: SessionState, role: Principal): boolean {
  // Only db_owner may change the fixed roles.
  return role.fixedRole ? session.security.has('CONTROL') : session.security.has('ALTER ANY ROLE');
}

function alterServerRole(session: SessionState, statement: ast.AlterRoleMember): void {
  session.security.requireServer('CONTROL SERVER', NO_PERMISSION);
  const login = session.server.login(statement.member);
  if (!login) throw missing('alter', 'server role', statement.role, statement.member);
  if (statement.role.toLowerCase() !== 'sysadmin')
    throw notSupported(`the server role ${statement.role}`, statement.line);
  login.sysadmin = statement.action === 'add';
}

function drop(
  session: SessionState,
  name: string,
  ifExists: boolean,
  type: 'S' | 'R',
  kind: string,
  permission: string,
): void {
  const { database } = session;
  const principal = database.security.find(name);
  if (!principal && ifExists) return;
  if (principal?.type !== type || !session.security.has(permission)) throw missing('drop', kind, name);
  if (principal.principalId < 5) throw new SqlError(15150, `Cannot drop the ${kind} '${name}'.`);
  for (const schema of database.schemas) {
    if (schema.principalId === principal.principalId)
      throw new SqlError(15138, `The database principal owns a schema in the database, and cannot be dropped.`);
  }
  currentUndo(session).log(database.security.drop(principal));
}

function require(session: SessionState, permission: string): void {
  if (session.security.has(permission)) return;
  throw new SqlError(15247, NO_PERMISSION);
}

const missing = (verb: 'alter' | 'drop', kind: string, name: string, member?: string): SqlError =>
  member === undefined
    ? new SqlError(
        15151,
        `Cannot ${verb} the ${kind} '${name}', because it does not exist or you do not have permission.`,
      )
    : new SqlError(
        15151,
        `Cannot add the principal '${member}', because it does not exist or you do not have permission.`,
      );

const noDatabase = (name: string): SqlError =>
  new SqlError(
    15010,
    `The database '${name}' does not exist. Supply a valid database name. To see available databases, use sys.databases.`,
  );
