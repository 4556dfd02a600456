import { collationFor } from '../collation.ts';
import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import type { SqlType, Value, VariantValue } from '../sql-type.ts';
import {
  DATETIME,
  INT,
  NVARCHAR_MAX,
  SMALLINT,
  SQL_VARIANT,
  SYSNAME,
  decimal,
  precisionScale,
  varbinary,
  maxLengthBytes,
  catalogTypeName,
} from '../types.ts';
import type { MetadataFacts } from './context.ts';
import {
  argument,
  define,
  dynamic,
  int,
  text,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';

/** Kinds of arguments: text, number, optional text, optional number. */
type Kind = 'text' | 'int' | 'text?' | 'int?';

/**
 * A function that reads the catalog. It returns NULL for a NULL argument; an omitted optional argument is undefined.
 */
function lookup(
  type: SqlType,
  kinds: readonly Kind[],
  read: (m: MetadataFacts, ...args: never[]) => Value,
): FunctionDefinition {
  const min = kinds.filter(k => !k.endsWith('?')).length;
  return define(min, kinds.length, (call: Call): BoundExpression => {
    const args = call.args.map((_, i) =>
      kinds[i]?.startsWith('text') ? castExpression(text(call, i), NVARCHAR_MAX, { implicit: true }) : int(call, i),
    );
    return dynamic(type, args, (...values) =>
      values.includes(null) ? null : read(call.context.metadata, ...(values as never[])),
    );
  });
}

const identity = (read: (m: MetadataFacts, table: string) => bigint | null): FunctionDefinition =>
  lookup(decimal(38, 0), ['text'], (m, table: string) => read(m, table));

/** HAS_PERMS_BY_NAME accepts NULL for the securable and its class: they stand for the server or the database. */
function hasPermsByName(call: Call): BoundExpression {
  const args = call.args.map((_, i) => castExpression(text(call, i), NVARCHAR_MAX, { implicit: true }));
  return dynamic(INT, args, (...values) => {
    const [securable, kind, permission, sub, subKind] = values as (string | null | undefined)[];
    if (permission === null || permission === undefined) return null;
    return call.context.metadata.hasPermission(
      securable ?? null,
      kind ?? null,
      permission,
      sub ?? null,
      subKind ?? null,
    );
  });
}

const VARIANT_PROPERTIES: Readonly<Record<string, (v: VariantValue) => VariantValue>> = {
  basetype: v => ({ type: SYSNAME, value: catalogTypeName(v.type) }),
  precision: v => ({ type: INT, value: precisionScale(v.type).precision }),
  scale: v => ({ type: INT, value: precisionScale(v.type).scale }),
  maxlength: v => ({ type: INT, value: maxLengthBytes(v.type) }),
  collation: v => ({
    type: SYSNAME,
    value:
      typeof v.value === 'string' && v.type.name !== 'uniqueidentifier' ? collationFor(v.type.collation).name : null,
  }),
  totalbytes: v => ({ type: INT, value: maxLengthBytes(v.type) + 2 }),
};

function variantProperty(call: Call): BoundExpression {
  const x = castExpression(argument(call, 0), SQL_VARIANT, { implicit: true });
  return dynamic(SQL_VARIANT, [x, text(call, 1)], (v, property) => {
    const read = property === null ? undefined : VARIANT_PROPERTIES[(property as string).toLowerCase()];
    if (v === null || !read) return null;
    const result = read(v as VariantValue);
    return result.value === null ? null : result;
  });
}

export const METADATA_FUNCTIONS: FunctionTable = {
  OBJECT_ID: lookup(INT, ['text', 'text?'], (m, name: string, type?: string) => m.objectId(name, type)),
  OBJECT_NAME: lookup(SYSNAME, ['int', 'int?'], (m, id: number, db?: number) => m.objectName(id, db)),
  OBJECT_SCHEMA_NAME: lookup(SYSNAME, ['int', 'int?'], (m, id: number, db?: number) => m.objectSchemaName(id, db)),
  OBJECT_DEFINITION: lookup(NVARCHAR_MAX, ['int'], (m, id: number) => m.objectDefinition(id)),
  OBJECTPROPERTY: lookup(INT, ['int', 'text'], (m, id: number, property: string) => m.objectProperty(id, property)),
  OBJECTPROPERTYEX: lookup(SQL_VARIANT, ['int', 'text'], (m, id: number, property: string) =>
    m.objectPropertyEx(id, property),
  ),
  SCHEMA_ID: lookup(INT, ['text?'], (m, name?: string) => m.schemaId(name)),
  SCHEMA_NAME: lookup(SYSNAME, ['int?'], (m, id?: number) => m.schemaName(id)),
  TYPE_ID: lookup(INT, ['text'], (m, name: string) => m.typeId(name)),
  TYPE_NAME: lookup(SYSNAME, ['int'], (m, id: number) => m.typeName(id)),
  TYPEPROPERTY: lookup(INT, ['text', 'text'], (m, type: string, property: string) => m.typeProperty(type, property)),
  COL_NAME: lookup(SYSNAME, ['int', 'int'], (m, id: number, column: number) => m.columnName(id, column)),
  COL_LENGTH: lookup(SMALLINT, ['text', 'text'], (m, table: string, column: string) => m.columnLength(table, column)),
  COLUMNPROPERTY: lookup(INT, ['int', 'text', 'text'], (m, id: number, column: string, property: string) =>
    m.columnProperty(id, column, property),
  ),
  INDEX_COL: lookup(SYSNAME, ['text', 'int', 'int'], (m, table: string, index: number, key: number) =>
    m.indexColumn(table, index, key),
  ),
  INDEXPROPERTY: lookup(INT, ['int', 'text', 'text'], (m, id: number, index: string, property: string) =>
    m.indexProperty(id, index, property),
  ),
  INDEXKEY_PROPERTY: lookup(
    INT,
    ['int', 'int', 'int', 'text'],
    (m, id: number, index: number, key: number, property: string) => m.indexKeyProperty(id, index, key, property),
  ),
  STATS_DATE: lookup(DATETIME, ['int', 'int'], (m, id: number, statistics: number) => m.statisticsDate(id, statistics)),
  DB_ID: lookup(INT, ['text?'], (m, name?: string) => m.databaseId(name)),
  DB_NAME: define(0, 1, call =>
    call.args.length === 0
      ? dynamic(SYSNAME, [], () => call.context.session.databaseName())
      : dynamic(SYSNAME, [int(call, 0)], id => (id === null ? null : call.context.metadata.databaseName(id as number))),
  ),
  ORIGINAL_DB_NAME: define(0, 0, call => dynamic(SYSNAME, [], () => call.context.session.databaseName())),
  DATABASEPROPERTYEX: lookup(SQL_VARIANT, ['text', 'text'], (m, database: string, property: string) =>
    m.databaseProperty(database, property),
  ),
  SERVERPROPERTY: lookup(SQL_VARIANT, ['text'], (m, property: string) => m.serverProperty(property)),
  IDENT_CURRENT: identity((m, table) => m.identityCurrent(table)),
  IDENT_SEED: identity((m, table) => m.identitySeed(table)),
  IDENT_INCR: identity((m, table) => m.identityIncrement(table)),
  HAS_PERMS_BY_NAME: define(3, 5, hasPermsByName),
  HAS_DBACCESS: lookup(INT, ['text'], (m, database: string) => m.hasDatabaseAccess(database)),
  IS_MEMBER: lookup(INT, ['text'], (m, role: string) => m.isRoleMember(role)),
  IS_ROLEMEMBER: lookup(INT, ['text', 'text?'], (m, role: string, principal?: string) =>
    m.isRoleMember(role, principal),
  ),
  IS_SRVROLEMEMBER: lookup(INT, ['text', 'text?'], (m, role: string, login?: string) =>
    m.isServerRoleMember(role, login),
  ),
  USER_ID: lookup(INT, ['text?'], (m, name?: string) => m.databasePrincipalId(name)),
  DATABASE_PRINCIPAL_ID: lookup(INT, ['text?'], (m, name?: string) => m.databasePrincipalId(name)),
  SUSER_ID: lookup(INT, ['text?'], (m, login?: string) => m.loginId(login)),
  SUSER_SID: lookup(varbinary(85), ['text?'], (m, login?: string) => m.loginSid(login)),
  SQL_VARIANT_PROPERTY: define(2, 2, variantProperty),
};
