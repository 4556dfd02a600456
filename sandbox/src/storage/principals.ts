import { SqlError } from '../engine/sql-error.ts';
import { nowTicks } from './clock.ts';
import type { DatabasePrincipal, PermissionEntry } from './table.ts';

export interface Principal extends DatabasePrincipal {
  name: string;
  defaultSchema: string | null;
  login: string | null;
  memberOf: Set<number>;
}

export interface Securable {
  readonly scope: PermissionEntry['scope'];
  readonly majorId: number;
  readonly minorId?: number;
  /** The schema of an object or type. */
  readonly schemaId?: number;
}

const PUBLIC_ID = 0;
export const DBO_ID = 1;
const GUEST_ID = 2;

const DATA_CHANGE = ['INSERT', 'UPDATE', 'DELETE'];
const DDL = [
  'ALTER',
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE PROCEDURE',
  'CREATE FUNCTION',
  'CREATE SCHEMA',
  'CREATE TYPE',
  'CREATE SYNONYM',
  'CREATE SEQUENCE',
  'ALTER ANY SCHEMA',
  'REFERENCES',
  'VIEW DEFINITION',
];

interface FixedRole {
  readonly id: number;
  readonly grants: readonly string[];
  readonly denies: readonly string[];
}

/** learn.microsoft.com/sql/relational-databases/security/authentication-access/database-level-roles */
const FIXED_ROLES: ReadonlyMap<string, FixedRole> = new Map([
  ['db_owner', { id: 16384, grants: ['CONTROL'], denies: [] }],
  ['db_accessadmin', { id: 16385, grants: ['ALTER ANY USER', 'CREATE SCHEMA', 'CONNECT'], denies: [] }],
  ['db_securityadmin', { id: 16386, grants: ['ALTER ANY ROLE', 'CREATE SCHEMA', 'VIEW DEFINITION'], denies: [] }],
  ['db_ddladmin', { id: 16387, grants: DDL, denies: [] }],
  ['db_backupoperator', { id: 16389, grants: ['BACKUP DATABASE', 'BACKUP LOG', 'CHECKPOINT'], denies: [] }],
  ['db_datareader', { id: 16390, grants: ['SELECT'], denies: [] }],
  ['db_datawriter', { id: 16391, grants: DATA_CHANGE, denies: [] }],
  ['db_denydatareader', { id: 16392, grants: [], denies: ['SELECT'] }],
  ['db_denydatawriter', { id: 16393, grants: [], denies: DATA_CHANGE }],
]);
const FIXED_BY_ID = new Map([...FIXED_ROLES.values()].map(role => [role.id, role]));

/** Permissions that imply another one: CONTROL implies all, ALTER on a container implies creating objects in it. */
function covering(permission: string, scope: PermissionEntry['scope']): readonly string[] {
  const names = [permission, 'CONTROL'];
  if (permission.startsWith('CREATE ') && scope === 'DATABASE') names.push('ALTER');
  if (permission === 'ALTER' && scope === 'DATABASE') names.push('ALTER ANY SCHEMA');
  if (permission === 'ALTER ANY SCHEMA' || permission === 'ALTER ANY ROLE' || permission === 'ALTER ANY USER') {
    names.push('ALTER');
  }
  return names;
}

/** Users, roles and permissions of one database. */
export class Principals {
  private readonly principalsById = new Map<number, Principal>();
  private permissionEntries: PermissionEntry[] = [];
  private nextUserId = 5;

  constructor() {
    const created = nowTicks();
    const add = (principalId: number, name: string, type: 'S' | 'R', more: Partial<Principal> = {}): void => {
      this.principalsById.set(principalId, {
        principalId,
        name,
        type,
        fixedRole: false,
        defaultSchema: null,
        login: null,
        created,
        memberOf: new Set(),
        ...more,
      });
    };
    add(PUBLIC_ID, 'public', 'R');
    add(DBO_ID, 'dbo', 'S', { defaultSchema: 'dbo', memberOf: new Set([16384]) });
    add(GUEST_ID, 'guest', 'S', { defaultSchema: 'guest' });
    add(3, 'INFORMATION_SCHEMA', 'S');
    add(4, 'sys', 'S');
    for (const [name, role] of FIXED_ROLES) add(role.id, name, 'R', { fixedRole: true });
    this.permissionEntries.push({
      principalId: DBO_ID,
      permission: 'CONNECT',
      state: 'GRANT',
      scope: 'DATABASE',
      majorId: 0,
      minorId: 0,
    });
  }

  get all(): Iterable<Principal> {
    return this.principalsById.values();
  }
  get permissions(): readonly PermissionEntry[] {
    return this.permissionEntries;
  }

  byId(id: number): Principal | undefined {
    return this.principalsById.get(id);
  }

  find(name: string): Principal | undefined {
    const wanted = name.toLowerCase();
    for (const principal of this.principalsById.values()) if (principal.name.toLowerCase() === wanted) return principal;
    return undefined;
  }

  /** The user of a login; undefined when the login has no access to the database (error 916 or 4060). */
  userOfLogin(login: string, sysadmin: boolean): Principal | undefined {
    if (sysadmin) return this.principalsById.get(DBO_ID);
    const wanted = login.toLowerCase();
    for (const principal of this.principalsById.values()) {
      if (principal.type === 'S' && principal.login?.toLowerCase() === wanted) {
        return this.has(principal, 'CONNECT', { scope: 'DATABASE', majorId: 0 }) ? principal : undefined;
      }
    }
    const guest = this.principalsById.get(GUEST_ID)!;
    return this.has(guest, 'CONNECT', { scope: 'DATABASE', majorId: 0 }) ? guest : undefined;
  }

  create(name: string, type: 'S' | 'R', login: string | null, defaultSchema: string | null): Principal {
    if (this.find(name)) {
      throw new SqlError(15023, `User, group, or role '${name}' already exists in the current database.`);
    }
    const principal: Principal = {
      principalId: this.nextUserId++,
      name,
      type,
      fixedRole: false,
      defaultSchema,
      login,
      created: nowTicks(),
      memberOf: new Set(),
    };
    this.principalsById.set(principal.principalId, principal);
    if (type === 'S')
      this.grant({
        principalId: principal.principalId,
        permission: 'CONNECT',
        state: 'GRANT',
        scope: 'DATABASE',
        majorId: 0,
        minorId: 0,
      });
    return principal;
  }

  drop(principal: Principal): () => void {
    const permissions = this.permissionEntries;
    this.principalsById.delete(principal.principalId);
    this.permissionEntries = permissions.filter(entry => entry.principalId !== principal.principalId);
    return () => {
      this.principalsById.set(principal.principalId, principal);
      this.permissionEntries = permissions;
    };
  }

  /** Sets one permission of one principal; returns the undo. */
  grant(entry: PermissionEntry): () => void {
    const before = this.permissionEntries;
    this.permissionEntries = [...before.filter(other => !samePermission(other, entry)), entry];
    return () => {
      this.permissionEntries = before;
    };
  }

  revoke(entry: Omit<PermissionEntry, 'state'>): () => void {
    const before = this.permissionEntries;
    this.permissionEntries = before.filter(other => !samePermission(other, entry));
    return () => {
      this.permissionEntries = before;
    };
  }

  dropPermissionsOn(scope: PermissionEntry['scope'], majorId: number): () => void {
    const before = this.permissionEntries;
    this.permissionEntries = before.filter(entry => entry.scope !== scope || entry.majorId !== majorId);
    return () => {
      this.permissionEntries = before;
    };
  }

  /** The principal, its roles, their roles, and public. */
  effectiveIds(principal: DatabasePrincipal): ReadonlySet<number> {
    const ids = new Set<number>([PUBLIC_ID]);
    const visit = (id: number): void => {
      if (ids.has(id) && id !== PUBLIC_ID) return;
      ids.add(id);
      for (const role of this.principalsById.get(id)?.memberOf ?? []) visit(role);
    };
    visit(principal.principalId);
    return ids;
  }

  isMember(principal: DatabasePrincipal, role: DatabasePrincipal): boolean {
    return this.effectiveIds(principal).has(role.principalId);
  }

  /** Whether the principal has the permission on the securable, itself or through what contains it. DENY wins. */
  has(principal: DatabasePrincipal, permission: string, on: Securable, ownerIds: readonly number[] = []): boolean {
    if (principal.principalId === DBO_ID) return true;
    const ids = this.effectiveIds(principal);
    const decisions = this.decide(ids, permission, on);
    if (decisions.denied) return false;
    return decisions.granted || ownerIds.some(owner => ids.has(owner));
  }

  private decide(ids: ReadonlySet<number>, permission: string, on: Securable): { denied: boolean; granted: boolean } {
    let granted = false;
    const levels: { readonly scope: PermissionEntry['scope']; readonly majorId: number }[] = [
      { scope: 'DATABASE', majorId: 0 },
    ];
    if (on.schemaId !== undefined) levels.push({ scope: 'SCHEMA', majorId: on.schemaId });
    if (on.scope !== 'DATABASE') levels.push(on);
    for (const id of ids) {
      const fixed = FIXED_BY_ID.get(id);
      if (fixed?.denies.includes(permission)) return { denied: true, granted: false };
      if (fixed && covering(permission, 'DATABASE').some(name => fixed.grants.includes(name))) granted = true;
    }
    for (const entry of this.permissionEntries) {
      if (!ids.has(entry.principalId)) continue;
      const level = levels.find(candidate => candidate.scope === entry.scope && candidate.majorId === entry.majorId);
      if (!level) continue;
      if (entry.minorId !== 0 && entry.minorId !== (on.minorId ?? 0)) continue;
      if (!covering(permission, entry.scope).includes(entry.permission)) continue;
      if (entry.state === 'DENY') return { denied: true, granted: false };
      granted = true;
    }
    return { denied: false, granted };
  }
}

const samePermission = (a: Omit<PermissionEntry, 'state'>, b: Omit<PermissionEntry, 'state'>): boolean =>
  a.principalId === b.principalId &&
  a.permission === b.permission &&
  a.scope === b.scope &&
  a.majorId === b.majorId &&
  a.minorId === b.minorId;
