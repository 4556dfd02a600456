import { SqlError } from '../engine/sql-error.ts';
import type { Database } from '../storage/database.ts';
import { DBO_ID, type Principal, type Securable } from '../storage/principals.ts';
import type { Server } from '../storage/server.ts';
import type { DatabaseObject } from '../storage/table.ts';

type Names = readonly string[];

const OBJECT_PERMISSIONS: Names = [
  'ALTER',
  'CONTROL',
  'DELETE',
  'INSERT',
  'REFERENCES',
  'SELECT',
  'TAKE OWNERSHIP',
  'UPDATE',
  'VIEW DEFINITION',
];
const MODULE_PERMISSIONS: Names = ['ALTER', 'CONTROL', 'EXECUTE', 'TAKE OWNERSHIP', 'VIEW DEFINITION'];
export const SCHEMA_PERMISSIONS: Names = [...OBJECT_PERMISSIONS, 'CREATE SEQUENCE', 'EXECUTE'];
export const DATABASE_PERMISSIONS: Names = [
  ...SCHEMA_PERMISSIONS,
  'ALTER ANY ROLE',
  'ALTER ANY SCHEMA',
  'ALTER ANY USER',
  'ALTER ANY SECURITY POLICY',
  'BACKUP DATABASE',
  'CONNECT',
  'CREATE FUNCTION',
  'CREATE PROCEDURE',
  'CREATE ROLE',
  'CREATE SCHEMA',
  'CREATE SYNONYM',
  'CREATE TABLE',
  'CREATE TYPE',
  'CREATE VIEW',
  'SHOWPLAN',
  'UNMASK',
  'VIEW DATABASE STATE',
];
const SERVER_PERMISSIONS: Names = [
  'ADMINISTER BULK OPERATIONS',
  'ALTER ANY CONNECTION',
  'ALTER ANY DATABASE',
  'ALTER ANY LOGIN',
  'ALTER SERVER STATE',
  'CONNECT SQL',
  'CONTROL SERVER',
  'CREATE ANY DATABASE',
  'VIEW ANY DATABASE',
  'VIEW ANY DEFINITION',
  'VIEW SERVER STATE',
];
const PUBLIC_SERVER_PERMISSIONS: Names = ['CONNECT SQL', 'VIEW ANY DATABASE'];

/** The permissions that exist on an object of that kind. */
export function permissionsOnObject(object: DatabaseObject): Names {
  switch (object.kind) {
    case 'procedure':
      return MODULE_PERMISSIONS;
    case 'scalar function':
      return [...MODULE_PERMISSIONS, 'REFERENCES'];
    case 'sequence':
      return ['ALTER', 'CONTROL', 'REFERENCES', 'TAKE OWNERSHIP', 'UPDATE', 'VIEW DEFINITION'];
    case 'synonym':
      return [...OBJECT_PERMISSIONS, 'EXECUTE'];
    case 'type':
      return ['CONTROL', 'EXECUTE', 'REFERENCES', 'TAKE OWNERSHIP', 'VIEW DEFINITION'];
    default:
      return OBJECT_PERMISSIONS;
  }
}

export interface EffectivePermission {
  readonly entity: string;
  readonly subentity: string;
  readonly permission: string;
}

/** The permissions of one login in one database. */
export class SessionSecurity {
  readonly server: Server;
  readonly database: Database;
  readonly login: string;
  readonly principal: Principal;
  readonly sysadmin: boolean;

  constructor(server: Server, database: Database, login: string, principal: Principal, sysadmin?: boolean) {
    this.server = server;
    this.database = database;
    this.login = login;
    this.principal = principal;
    this.sysadmin = sysadmin ?? server.login(login)?.sysadmin ?? false;
  }

  get isOwner(): boolean {
    return this.principal.principalId === DBO_ID;
  }

  securable(on?: { readonly objectId: number } | { readonly schemaId: number }): { on: Securable; owners: number[] } {
    if (!on) return { on: { scope: 'DATABASE', majorId: 0 }, owners: [] };
    if ('schemaId' in on) {
      return { on: { scope: 'SCHEMA', majorId: on.schemaId }, owners: this.schemaOwner(on.schemaId) };
    }
    const object = this.database.objectById(on.objectId);
    const schemaId = object ? this.database.schema(object.schema)?.schemaId : undefined;
    const scope = object?.kind === 'type' ? 'TYPE' : 'OBJECT';
    const majorId = object?.kind === 'type' ? object.userTypeId : on.objectId;
    return {
      on: { scope, majorId, ...(schemaId === undefined ? {} : { schemaId }) },
      owners: schemaId === undefined ? [] : this.schemaOwner(schemaId),
    };
  }

  has(permission: string, on?: { readonly objectId: number } | { readonly schemaId: number }): boolean {
    if (this.isOwner) return true;
    const securable = this.securable(on);
    return this.database.security.has(this.principal, permission.toUpperCase(), securable.on, securable.owners);
  }

  hasGrant(permission: string, objectId: number): boolean {
    const ids = this.database.security.effectiveIds(this.principal);
    const own = this.database.security.permissions.filter(
      entry =>
        entry.scope === 'OBJECT' &&
        entry.majorId === objectId &&
        entry.permission === permission &&
        ids.has(entry.principalId),
    );
    return own.length > 0 && own.every(({ state }) => state !== 'DENY');
  }

  isVisible(objectId: number): boolean {
    if (this.isOwner) return true;
    const object = this.database.objectById(objectId);
    if (!object) return false;
    if (permissionsOnObject(object).some(permission => this.has(permission, { objectId }))) return true;
    // A permission on one column shows the table.
    const ids = this.database.security.effectiveIds(this.principal);
    return this.database.security.permissions.some(
      entry =>
        entry.scope === 'OBJECT' && entry.majorId === objectId && entry.state !== 'DENY' && ids.has(entry.principalId),
    );
  }

  /** Throws 262 unless the session has a permission of the database. */
  requireDatabase(permission: string): void {
    if (this.has(permission)) return;
    throw new SqlError(262, `${permission} permission denied in database '${this.database.name}'.`, 14);
  }

  requireServer(permission: string, message: string): void {
    if (this.hasServer(permission)) return;
    throw new SqlError(15247, message);
  }

  hasServer(permission: string): boolean {
    return this.sysadmin || PUBLIC_SERVER_PERMISSIONS.includes(permission);
  }

  effective(securable: string | null, securableClass: string): readonly EffectivePermission[] {
    const cls = securableClass.toUpperCase();
    if (cls === 'SERVER') {
      return SERVER_PERMISSIONS.filter(name => this.hasServer(name)).map(permission => ({
        entity: 'server',
        subentity: '',
        permission,
      }));
    }
    if (cls === 'DATABASE') {
      return DATABASE_PERMISSIONS.filter(name => this.has(name)).map(permission => ({
        entity: 'database',
        subentity: '',
        permission,
      }));
    }
    if (securable === null) return [];
    const parts = splitName(securable);
    if (cls === 'SCHEMA') {
      const schema = this.database.schema(parts[parts.length - 1]!);
      if (!schema) return [];
      return SCHEMA_PERMISSIONS.filter(name => this.has(name, schema)).map(permission => ({
        entity: schema.name,
        subentity: '',
        permission,
      }));
    }
    const object = this.database.objectByName(
      parts.length > 1 ? parts[parts.length - 2]! : 'dbo',
      parts[parts.length - 1]!,
    );
    if (!object) return [];
    const held = permissionsOnObject(object).filter(name => this.has(name, object));
    const entity = `${object.schema}.${object.name}`;
    return held.map(permission => ({ entity, subentity: '', permission }));
  }

  /** IS_ROLEMEMBER: null when the role or the principal doesn't exist. */
  isRoleMember(role: string, principal?: string): boolean | null {
    const found = this.database.security.find(role);
    const member = principal === undefined ? this.principal : this.database.security.find(principal);
    if (!found || found.type !== 'R' || !member) return null;
    return this.database.security.isMember(member, found);
  }

  isServerRoleMember(role: string, login?: string): boolean | null {
    const found = this.server.login(login ?? this.login);
    const name = role.toLowerCase();
    if (!found) return null;
    if (name === 'public') return true;
    if (!SERVER_ROLES.has(name)) return null;
    return name === 'sysadmin' && found.sysadmin;
  }

  private schemaOwner(schemaId: number): number[] {
    for (const schema of this.database.schemas) if (schema.schemaId === schemaId) return [schema.principalId];
    return [];
  }
}

const SERVER_ROLES = new Set([
  'sysadmin',
  'serveradmin',
  'securityadmin',
  'processadmin',
  'setupadmin',
  'bulkadmin',
  'diskadmin',
  'dbcreator',
]);

/** The parts of a multi-part name given as text: 'dbo.[my table]'. */
export function splitName(name: string): string[] {
  const parts: string[] = [];
  const pattern = /\s*(?:\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]*))\s*(\.|$)/gy;
  for (;;) {
    const match = pattern.exec(name);
    if (!match) return [name];
    parts.push(match[1]?.replaceAll(']]', ']') ?? match[2]?.replaceAll('""', '"') ?? match[3]!.trim());
    if (match[4] === '') return parts;
  }
}
