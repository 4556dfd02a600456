import type { MetadataFacts } from '../engine/functions/context.ts';
import type { VariantValue } from '../engine/sql-type.ts';
import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { DatabaseCatalog } from '../storage/table.ts';
import { parseMultipartName } from './multipart-name.ts';
import { findObject, findTable, objectById } from './name-lookup.ts';
import { seesDefinition } from './object-kinds.ts';
import { columnProperty, indexProperty, objectProperty } from './object-properties.ts';
import { hasPermission } from './permission-check.ts';
import { databaseProperty, int, serverProperty } from './server-properties.ts';
import { largest, SYSNAME_USER_TYPE_ID } from './type-catalog.ts';
import { columnsOf } from './views/columns.ts';
import { definitionOf } from './views/modules.ts';
import { sidOfLogin } from './views/security.ts';

const bit = (value: boolean | null): 0 | 1 | null => (value === null ? null : value ? 1 : 0);
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** OBJECT_ID, COLUMNPROPERTY and the other metadata functions, as one session sees the catalog. */
export class SessionMetadata implements MetadataFacts {
  private readonly session: CatalogSession;

  constructor(session: CatalogSession) {
    this.session = session;
  }

  private databaseBy(id: number | undefined): DatabaseCatalog | undefined {
    if (id === undefined) return this.session.database;
    return [...this.session.server.databases].find(({ databaseId }) => databaseId === id);
  }

  objectId(name: string, type?: string): number | null {
    const found = findObject(this.session, name);
    if (!found || (type !== undefined && !same(found.kind.type.trim(), type.trim()))) return null;
    return found.objectId;
  }

  objectName(objectId: number, databaseId?: number): string | null {
    const database = this.databaseBy(databaseId);
    return database ? (objectById(this.session, objectId, database)?.name ?? null) : null;
  }

  objectSchemaName(objectId: number, databaseId?: number): string | null {
    const database = this.databaseBy(databaseId);
    return database ? (objectById(this.session, objectId, database)?.schema ?? null) : null;
  }

  objectDefinition(objectId: number): string | null {
    const found = objectById(this.session, objectId);
    if (found?.object) return seesDefinition(this.session, objectId) ? definitionOf(found.object) : null;
    if (!found || !seesDefinition(this.session, found.parent)) return null;
    const table = this.session.database.objectById(found.parent);
    if (table?.kind !== 'table') return null;
    const check = table.checks.find(candidate => candidate.objectId === objectId);
    return (
      check?.definition ??
      table.columns.find(column => column.default?.objectId === objectId)?.default?.definition ??
      null
    );
  }

  objectProperty(objectId: number, property: string): number | null {
    const found = objectById(this.session, objectId);
    return found ? objectProperty(this.session, found, property) : null;
  }

  objectPropertyEx(objectId: number, property: string): VariantValue | null {
    const found = objectById(this.session, objectId);
    if (!found) return null;
    if (same(property, 'BaseType')) return { type: { name: 'char', length: 2 }, value: found.kind.type };
    if (same(property, 'Cardinality')) {
      return found.object?.kind === 'table' ? { type: t.BIGINT, value: BigInt(found.object.rowCount) } : null;
    }
    const value = objectProperty(this.session, found, property);
    return value === null ? null : int(value);
  }

  schemaId(name?: string): number | null {
    const wanted = name ?? this.session.principal.defaultSchema ?? 'dbo';
    return this.session.database.schema(wanted)?.schemaId ?? null;
  }

  schemaName(schemaId?: number): string | null {
    if (schemaId === undefined) return this.session.principal.defaultSchema ?? 'dbo';
    return [...this.session.database.schemas].find(schema => schema.schemaId === schemaId)?.name ?? null;
  }

  private type(
    name: string,
  ): { readonly userTypeId: number; readonly base?: Parameters<typeof t.precisionScale>[0] } | null {
    const parts = parseMultipartName(name);
    const plain = parts?.at(-1);
    if (!parts || plain === undefined || parts.length > 2) return null;
    if (same(plain, 'sysname')) return { userTypeId: SYSNAME_USER_TYPE_ID, base: t.SYSNAME };
    const own = this.session.database.type(parts.at(-2) ?? 'dbo', plain);
    if (own) return { userTypeId: own.userTypeId, base: own.base };
    const builtIn = t.ALL_TYPE_NAMES.find(candidate => same(t.catalogTypeName({ name: candidate }), plain));
    return builtIn ? { userTypeId: t.userTypeId({ name: builtIn }), base: largest(builtIn) } : null;
  }

  typeId(name: string): number | null {
    return this.type(name)?.userTypeId ?? null;
  }

  typeName(userTypeId: number): string | null {
    if (userTypeId === SYSNAME_USER_TYPE_ID) return 'sysname';
    const builtIn = t.ALL_TYPE_NAMES.find(name => t.userTypeId({ name }) === userTypeId);
    if (builtIn) return t.catalogTypeName({ name: builtIn });
    return [...this.session.database.types].find(type => type.userTypeId === userTypeId)?.name ?? null;
  }

  typeProperty(name: string, property: string): number | null {
    const found = this.type(name);
    if (!found?.base) return null;
    const { precision, scale } = t.precisionScale(found.base);
    switch (property.toLowerCase()) {
      case 'allowsnull':
        return found.base.name === 'rowversion' ? 0 : 1;
      case 'precision':
        return t.isString(found.base) || t.isBinary(found.base) ? (found.base.length ?? null) : precision;
      case 'scale':
        return t.isNumeric(found.base) || t.isDateTime(found.base) ? scale : null;
      case 'ownerid':
        return found.userTypeId > SYSNAME_USER_TYPE_ID ? 1 : 4;
      case 'usesansitrim':
        return t.isString(found.base) || t.isBinary(found.base) ? 1 : null;
      default:
        return null;
    }
  }

  columnName(objectId: number, columnId: number): string | null {
    const object = objectById(this.session, objectId)?.object;
    if (!object) return null;
    for (const column of columnsOf(object)) if (column.columnId === columnId) return column.name;
    return null;
  }

  columnLength(table: string, column: string): number | null {
    const object = findObject(this.session, table)?.object;
    if (!object) return null;
    for (const found of columnsOf(object)) if (same(found.name, column)) return t.maxLengthBytes(found.type);
    return null;
  }

  columnProperty(objectId: number, column: string, property: string): number | null {
    const object = objectById(this.session, objectId)?.object;
    return object ? columnProperty(object, column, property) : null;
  }

  indexColumn(table: string, indexId: number, keyId: number): string | null {
    const found = findTable(this.session, table);
    const key = found?.indexes.find(index => index.indexId === indexId)?.key[keyId - 1];
    return key && found ? (found.columns[key.ordinal]?.name ?? null) : null;
  }

  indexProperty(objectId: number, index: string, property: string): number | null {
    const object = objectById(this.session, objectId)?.object;
    return object?.kind === 'table' ? indexProperty(object, index, property) : null;
  }

  indexKeyProperty(objectId: number, indexId: number, keyId: number, property: string): number | null {
    const object = objectById(this.session, objectId)?.object;
    if (object?.kind !== 'table') return null;
    const key = object.indexes.find(index => index.indexId === indexId)?.key[keyId - 1];
    if (!key) return null;
    if (same(property, 'ColumnId')) return object.columns[key.ordinal]?.columnId ?? null;
    return same(property, 'IsDescending') ? (key.descending ? 1 : 0) : null;
  }

  statisticsDate(objectId: number, statisticsId: number): bigint | null {
    const object = objectById(this.session, objectId)?.object;
    if (object?.kind !== 'table' || object.rowCount === 0) return null;
    return object.indexes.some(({ indexId }) => indexId === statisticsId) ? object.modified : null;
  }

  databaseId(name?: string): number | null {
    if (name === undefined) return this.session.database.databaseId;
    return this.session.server.database(name)?.databaseId ?? null;
  }

  databaseName(databaseId: number): string | null {
    return this.databaseBy(databaseId)?.name ?? null;
  }

  databaseProperty(database: string, property: string): VariantValue | null {
    return databaseProperty(this.session, database, property);
  }

  serverProperty(property: string): VariantValue | null {
    return serverProperty(this.session, property);
  }

  identityCurrent(table: string): bigint | null {
    const identity = findTable(this.session, table)?.columns.find(column => column.identity)?.identity;
    return identity ? (identity.last ?? identity.seed) : null;
  }

  identitySeed(table: string): bigint | null {
    return findTable(this.session, table)?.columns.find(column => column.identity)?.identity?.seed ?? null;
  }

  identityIncrement(table: string): bigint | null {
    return findTable(this.session, table)?.columns.find(column => column.identity)?.identity?.increment ?? null;
  }

  hasPermission(...args: Parameters<MetadataFacts['hasPermission']>): 0 | 1 | null {
    return hasPermission(this.session, ...args);
  }

  hasDatabaseAccess(database: string): 0 | 1 | null {
    const found = this.session.server.database(database);
    if (!found) return null;
    if (this.session.isServerRoleMember('sysadmin') || found === this.session.database) return 1;
    for (const principal of found.principals) {
      if (principal.login !== null && same(principal.login, this.session.login)) return 1;
    }
    return ['master', 'tempdb', 'msdb'].includes(found.name.toLowerCase()) ? 1 : 0;
  }

  isRoleMember(role: string, principal?: string): 0 | 1 | null {
    return bit(principal === undefined ? this.session.isMember(role) : this.session.isRoleMember(role, principal));
  }

  isServerRoleMember(role: string, login?: string): 0 | 1 | null {
    return bit(this.session.isServerRoleMember(role, login));
  }

  databasePrincipalId(name?: string): number | null {
    if (name === undefined) return this.session.principal.principalId;
    return [...this.session.database.principals].find(principal => same(principal.name, name))?.principalId ?? null;
  }

  databasePrincipalName(id: number): string | null {
    return [...this.session.database.principals].find(({ principalId }) => principalId === id)?.name ?? null;
  }

  loginSid(login?: string): Uint8Array | null {
    const found = [...this.session.server.logins].find(({ name }) => same(name, login ?? this.session.login));
    return found ? sidOfLogin(found) : null;
  }

  loginName(sid: Uint8Array): string | null {
    const wanted = Buffer.from(sid);
    return [...this.session.server.logins].find(login => wanted.equals(sidOfLogin(login)))?.name ?? null;
  }

  loginId(login?: string): number | null {
    return (
      [...this.session.server.logins].find(({ name }) => same(name, login ?? this.session.login))?.principalId ?? null
    );
  }
}
