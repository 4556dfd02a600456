import type { Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { DatabasePrincipal, LoginDefinition, PermissionEntry } from '../../storage/table.ts';
import { c, flag, toDatetime, view, type CatalogView } from '../view.ts';

const TYPE_DESCRIPTIONS = { S: 'SQL_USER', R: 'DATABASE_ROLE' } as const;
const DBO_ID = 1;

/** sa has the well-known 0x01; the others get 16 bytes made of their id. */
export function sidOfLogin(login: LoginDefinition): Uint8Array {
  if (login.principalId === 1) return Uint8Array.of(1);
  const sid = new Uint8Array(16);
  new DataView(sid.buffer).setInt32(0, login.principalId, true);
  sid[15] = 0xa5;
  return sid;
}

function sidOf(session: CatalogSession, principal: DatabasePrincipal): Uint8Array | null {
  if (principal.principalId === DBO_ID) return Uint8Array.of(1);
  if (principal.name === 'guest') return Uint8Array.of(0);
  for (const login of session.server.logins) {
    if (principal.login !== null && login.name.toLowerCase() === principal.login.toLowerCase())
      return sidOfLogin(login);
  }
  return null;
}

/** Every user sees its own entry, the fixed roles and dbo; the others require VIEW DEFINITION. */
function sees(session: CatalogSession, principal: DatabasePrincipal): boolean {
  return (
    principal.fixedRole ||
    principal.principalId <= 4 ||
    principal.principalId === session.principal.principalId ||
    session.principal.memberOf.has(principal.principalId) ||
    session.hasPermission('VIEW DEFINITION')
  );
}

const databasePrincipals = view(
  'sys.database_principals',
  {
    name: c.name,
    principal_id: c.int,
    type: c.char(1),
    type_desc: c.nvarchar(60).orNull,
    default_schema_name: c.name.orNull,
    create_date: c.datetime,
    modify_date: c.datetime,
    owning_principal_id: c.int.orNull,
    sid: c.varbinary(85).orNull,
    is_fixed_role: c.bit,
    authentication_type: c.int,
    authentication_type_desc: c.nvarchar(60).orNull,
    default_language_name: c.name.orNull,
    default_language_lcid: c.int.orNull,
    allow_encrypted_value_modifications: c.bit,
  },
  function* (session) {
    for (const principal of session.database.principals) {
      if (!sees(session, principal)) continue;
      yield {
        name: principal.name,
        principal_id: principal.principalId,
        type: principal.type,
        type_desc: TYPE_DESCRIPTIONS[principal.type],
        default_schema_name: principal.defaultSchema,
        create_date: toDatetime(principal.created),
        modify_date: toDatetime(principal.created),
        owning_principal_id: principal.type === 'R' ? DBO_ID : null,
        sid: sidOf(session, principal),
        is_fixed_role: flag(principal.fixedRole),
        authentication_type: principal.login === null ? 0 : 1,
        authentication_type_desc: principal.login === null ? 'NONE' : 'INSTANCE',
        allow_encrypted_value_modifications: 0,
      };
    }
  },
);

const databaseRoleMembers = view(
  'sys.database_role_members',
  { role_principal_id: c.int, member_principal_id: c.int },
  function* (session) {
    for (const principal of session.database.principals) {
      if (!sees(session, principal)) continue;
      for (const role of principal.memberOf)
        yield { role_principal_id: role, member_principal_id: principal.principalId };
    }
  },
);

/** sys.database_permissions.type, four letters (learn.microsoft.com: sys.database_permissions). */
const PERMISSION_TYPES: Readonly<Record<string, string>> = {
  SELECT: 'SL  ',
  INSERT: 'IN  ',
  UPDATE: 'UP  ',
  DELETE: 'DL  ',
  EXECUTE: 'EX  ',
  REFERENCES: 'RF  ',
  CONTROL: 'CL  ',
  ALTER: 'AL  ',
  CONNECT: 'CO  ',
  'VIEW DEFINITION': 'VW  ',
  'TAKE OWNERSHIP': 'TO  ',
  'VIEW DATABASE STATE': 'VWDS',
  'VIEW DATABASE PERFORMANCE STATE': 'VDP ',
  'CREATE TABLE': 'CRTB',
  'CREATE VIEW': 'CRVW',
  'CREATE PROCEDURE': 'CRPR',
  'CREATE FUNCTION': 'CRFN',
  'CREATE SCHEMA': 'CRSM',
  'CREATE TYPE': 'CRTY',
  'CREATE SYNONYM': 'CRSN',
  'CREATE SEQUENCE': 'CRSO',
  'ALTER ANY SCHEMA': 'ALSM',
  'ALTER ANY USER': 'ALUS',
  'ALTER ANY ROLE': 'ALRL',
  'ALTER ANY SECURITY POLICY': 'ALSP',
  SHOWPLAN: 'SPLN',
  UNMASK: 'UMSK',
  IMPERSONATE: 'IM  ',
};
const CLASSES: Readonly<Record<PermissionEntry['scope'], readonly [number, string]>> = {
  DATABASE: [0, 'DATABASE'],
  OBJECT: [1, 'OBJECT_OR_COLUMN'],
  SCHEMA: [3, 'SCHEMA'],
  TYPE: [6, 'TYPE'],
};
const STATES: Readonly<Record<PermissionEntry['state'], string>> = {
  GRANT: 'G',
  DENY: 'D',
  GRANT_WITH_GRANT_OPTION: 'W',
};

const databasePermissions = view(
  'sys.database_permissions',
  {
    class: c.tinyint,
    class_desc: c.nvarchar(60).orNull,
    major_id: c.int,
    minor_id: c.int,
    grantee_principal_id: c.int,
    grantor_principal_id: c.int,
    type: c.char(4),
    permission_name: c.nvarchar(128).orNull,
    state: c.char(1),
    state_desc: c.nvarchar(60).orNull,
  },
  function* (session) {
    const principals = new Map([...session.database.principals].map(principal => [principal.principalId, principal]));
    for (const entry of session.database.permissions) {
      const grantee = principals.get(entry.principalId);
      if (!grantee || !sees(session, grantee)) continue;
      const [classNumber, classText] = CLASSES[entry.scope];
      yield {
        class: classNumber,
        class_desc: classText,
        major_id: entry.majorId,
        minor_id: entry.minorId,
        grantee_principal_id: entry.principalId,
        grantor_principal_id: DBO_ID,
        type: PERMISSION_TYPES[entry.permission] ?? entry.permission.replaceAll(' ', '').slice(0, 4).padEnd(4),
        permission_name: entry.permission,
        state: STATES[entry.state],
        state_desc: entry.state,
      };
    }
  },
);

const SERVER_PRINCIPAL_COLUMNS = {
  name: c.name,
  principal_id: c.int,
  sid: c.varbinary(85).orNull,
  type: c.char(1),
  type_desc: c.nvarchar(60).orNull,
  is_disabled: c.bit.orNull,
  create_date: c.datetime,
  modify_date: c.datetime,
  default_database_name: c.name.orNull,
  default_language_name: c.name.orNull,
  credential_id: c.int.orNull,
  owning_principal_id: c.int.orNull,
  is_fixed_role: c.bit,
};

const SERVER_ROLES: readonly (readonly [string, number])[] = [
  ['public', 2],
  ['sysadmin', 3],
  ['securityadmin', 4],
  ['serveradmin', 5],
  ['setupadmin', 6],
  ['processadmin', 7],
  ['diskadmin', 8],
  ['dbcreator', 9],
  ['bulkadmin', 10],
];

function* visibleLogins(session: CatalogSession): Generator<LoginDefinition> {
  const all = session.isServerRoleMember('sysadmin') === true;
  for (const login of session.server.logins) {
    if (all || login.principalId === 1 || login.name.toLowerCase() === session.login.toLowerCase()) yield login;
  }
}

function loginRow(login: LoginDefinition): { readonly [K in keyof typeof SERVER_PRINCIPAL_COLUMNS]?: Value } {
  return {
    name: login.name,
    principal_id: login.principalId,
    sid: sidOfLogin(login),
    type: 'S',
    type_desc: 'SQL_LOGIN',
    is_disabled: flag(login.disabled),
    create_date: toDatetime(login.created),
    modify_date: toDatetime(login.created),
    default_database_name: login.defaultDatabase,
    default_language_name: 'us_english',
    is_fixed_role: 0,
  };
}

const serverPrincipals = view('sys.server_principals', SERVER_PRINCIPAL_COLUMNS, function* (session) {
  for (const login of visibleLogins(session)) yield loginRow(login);
  for (const [name, id] of SERVER_ROLES) {
    yield {
      name,
      principal_id: id,
      sid: Uint8Array.of(id),
      type: 'R',
      type_desc: 'SERVER_ROLE',
      is_disabled: 0,
      create_date: toDatetime(session.server.started),
      modify_date: toDatetime(session.server.started),
      owning_principal_id: 1,
      is_fixed_role: flag(name !== 'public'),
    };
  }
});

const sqlLogins = view('sys.sql_logins', SERVER_PRINCIPAL_COLUMNS, function* (session) {
  for (const login of visibleLogins(session)) yield loginRow(login);
});

const serverRoleMembers = view(
  'sys.server_role_members',
  { role_principal_id: c.int, member_principal_id: c.int },
  function* (session) {
    for (const login of visibleLogins(session)) {
      if (login.sysadmin) yield { role_principal_id: 3, member_principal_id: login.principalId };
    }
  },
);

export const SECURITY_VIEWS: readonly CatalogView[] = [
  databasePrincipals,
  databaseRoleMembers,
  databasePermissions,
  serverPrincipals,
  sqlLogins,
  serverRoleMembers,
];
