import { codePageNumber } from '../../engine/code-page.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import { seesDefinition, visibleObjects } from '../object-kinds.ts';
import { c, COLLATION, toDatetime, view, type CatalogView } from '../view.ts';
import { columnsOf, parametersOf } from './columns.ts';
import { INFORMATION_SCHEMA_CONSTRAINTS } from './information-schema-constraints.ts';

/*
 * learn.microsoft.com: System information schema views. Definitions there are cut at 4,000 characters.
 */
const DEFINITION = c.nvarchar(4000);

const schemata = view(
  'INFORMATION_SCHEMA.SCHEMATA',
  {
    CATALOG_NAME: c.name.orNull,
    SCHEMA_NAME: c.name,
    SCHEMA_OWNER: c.name.orNull,
    DEFAULT_CHARACTER_SET_CATALOG: c.varchar(6).orNull,
    DEFAULT_CHARACTER_SET_SCHEMA: c.varchar(3).orNull,
    DEFAULT_CHARACTER_SET_NAME: c.name.orNull,
  },
  function* (session) {
    const owners = new Map([...session.database.principals].map(({ principalId, name }) => [principalId, name]));
    const row = (name: string, owner: string | null): Record<string, Value> => ({
      CATALOG_NAME: session.database.name,
      SCHEMA_NAME: name,
      SCHEMA_OWNER: owner,
      DEFAULT_CHARACTER_SET_NAME: 'iso_1',
    });
    for (const { name, principalId } of session.database.schemas) yield row(name, owners.get(principalId) ?? null);
    for (const principal of session.database.principals) {
      if (principal.fixedRole && !session.database.schema(principal.name)) yield row(principal.name, principal.name);
    }
  },
);

const tables = view(
  'INFORMATION_SCHEMA.TABLES',
  { TABLE_CATALOG: c.name.orNull, TABLE_SCHEMA: c.name.orNull, TABLE_NAME: c.name, TABLE_TYPE: c.varchar(10).orNull },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (object.kind !== 'table' && object.kind !== 'view') continue;
      yield {
        TABLE_CATALOG: session.database.name,
        TABLE_SCHEMA: object.schema,
        TABLE_NAME: object.name,
        TABLE_TYPE: object.kind === 'table' ? 'BASE TABLE' : 'VIEW',
      };
    }
  },
);

const views = view(
  'INFORMATION_SCHEMA.VIEWS',
  {
    TABLE_CATALOG: c.name.orNull,
    TABLE_SCHEMA: c.name.orNull,
    TABLE_NAME: c.name,
    VIEW_DEFINITION: DEFINITION.orNull,
    CHECK_OPTION: c.varchar(7).orNull,
    IS_UPDATABLE: c.varchar(2),
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (object.kind !== 'view') continue;
      const seen = seesDefinition(session, object.objectId) && object.definition.length <= 4000;
      yield {
        TABLE_CATALOG: session.database.name,
        TABLE_SCHEMA: object.schema,
        TABLE_NAME: object.name,
        VIEW_DEFINITION: seen ? object.definition : null,
        CHECK_OPTION: object.checkOption ? 'CASCADE' : 'NONE',
        IS_UPDATABLE: 'NO',
      };
    }
  },
);

function characterSet(type: SqlType): string {
  const page = codePageNumber(type.collation);
  return t.isUnicode(type) ? 'UNICODE' : page === 1252 ? 'iso_1' : `cp${page}`;
}

/** The columns that COLUMNS and PARAMETERS share. */
const TYPE_COLUMNS = {
  DATA_TYPE: c.name.orNull,
  CHARACTER_MAXIMUM_LENGTH: c.int.orNull,
  CHARACTER_OCTET_LENGTH: c.int.orNull,
  NUMERIC_PRECISION: c.tinyint.orNull,
  NUMERIC_PRECISION_RADIX: c.smallint.orNull,
  NUMERIC_SCALE: c.int.orNull,
  DATETIME_PRECISION: c.smallint.orNull,
  CHARACTER_SET_CATALOG: c.name.orNull,
  CHARACTER_SET_SCHEMA: c.name.orNull,
  CHARACTER_SET_NAME: c.name.orNull,
  COLLATION_CATALOG: c.name.orNull,
  COLLATION_SCHEMA: c.name.orNull,
  COLLATION_NAME: c.name.orNull,
};

const LOB_LENGTHS: Readonly<Record<string, number>> = {
  text: 2_147_483_647,
  image: 2_147_483_647,
  ntext: 1_073_741_823,
};

function datetimePrecision(type: SqlType): number | null {
  switch (type.name) {
    case 'date':
    case 'smalldatetime':
      return 0;
    case 'datetime':
      return 3;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return type.scale ?? 7;
    default:
      return null;
  }
}

function typeColumns(type: SqlType): { readonly [K in keyof typeof TYPE_COLUMNS]?: Value } {
  const { precision, scale } = t.precisionScale(type);
  const numeric = t.isNumeric(type) && type.name !== 'bit';
  const approximate = t.isApproximate(type);
  const hasLength = t.isString(type) || (t.isBinary(type) && type.name !== 'rowversion');
  const bytes = type.name in LOB_LENGTHS ? 2_147_483_647 - (type.name === 'ntext' ? 1 : 0) : t.maxLengthBytes(type);
  const characters = LOB_LENGTHS[type.name] ?? (t.isUnicode(type) && bytes > 0 ? bytes / 2 : bytes);
  return {
    DATA_TYPE: t.catalogTypeName(type),
    CHARACTER_MAXIMUM_LENGTH: hasLength ? characters : type.name === 'xml' ? -1 : null,
    CHARACTER_OCTET_LENGTH: hasLength ? bytes : type.name === 'xml' ? -1 : null,
    NUMERIC_PRECISION: numeric ? precision : null,
    NUMERIC_PRECISION_RADIX: numeric ? (approximate ? 2 : 10) : null,
    NUMERIC_SCALE: numeric && !approximate ? scale : null,
    DATETIME_PRECISION: datetimePrecision(type),
    CHARACTER_SET_NAME: t.isString(type) ? characterSet(type) : null,
    COLLATION_NAME: t.isString(type) ? (type.collation ?? COLLATION) : null,
  };
}

const columns = view(
  'INFORMATION_SCHEMA.COLUMNS',
  {
    TABLE_CATALOG: c.name.orNull,
    TABLE_SCHEMA: c.name.orNull,
    TABLE_NAME: c.name,
    COLUMN_NAME: c.name.orNull,
    ORDINAL_POSITION: c.int,
    COLUMN_DEFAULT: DEFINITION.orNull,
    IS_NULLABLE: c.varchar(3).orNull,
    ...TYPE_COLUMNS,
    DOMAIN_CATALOG: c.name.orNull,
    DOMAIN_SCHEMA: c.name.orNull,
    DOMAIN_NAME: c.name.orNull,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (object.kind !== 'table' && object.kind !== 'view') continue;
      const seen = seesDefinition(session, object.objectId);
      let ordinal = 0;
      for (const column of columnsOf(object)) {
        yield {
          TABLE_CATALOG: session.database.name,
          TABLE_SCHEMA: object.schema,
          TABLE_NAME: object.name,
          COLUMN_NAME: column.name,
          ORDINAL_POSITION: ++ordinal,
          COLUMN_DEFAULT: seen ? (column.stored?.default?.definition ?? null) : null,
          IS_NULLABLE: column.nullable ? 'YES' : 'NO',
          ...typeColumns(column.type),
        };
      }
    }
  },
);

const routines = view(
  'INFORMATION_SCHEMA.ROUTINES',
  {
    SPECIFIC_CATALOG: c.name.orNull,
    SPECIFIC_SCHEMA: c.name.orNull,
    SPECIFIC_NAME: c.name,
    ROUTINE_CATALOG: c.name.orNull,
    ROUTINE_SCHEMA: c.name.orNull,
    ROUTINE_NAME: c.name,
    ROUTINE_TYPE: c.nvarchar(20).orNull,
    ...TYPE_COLUMNS,
    ROUTINE_BODY: c.nvarchar(30).orNull,
    ROUTINE_DEFINITION: DEFINITION.orNull,
    SQL_DATA_ACCESS: c.nvarchar(30).orNull,
    CREATED: c.datetime,
    LAST_ALTERED: c.datetime,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (!('parameters' in object)) continue;
      const returns = object.kind === 'scalar function' ? object.returns : undefined;
      const table = object.kind === 'inline function' || object.kind === 'table function';
      const definition = seesDefinition(session, object.objectId) ? object.definition.slice(0, 4000) : null;
      yield {
        SPECIFIC_CATALOG: session.database.name,
        SPECIFIC_SCHEMA: object.schema,
        SPECIFIC_NAME: object.name,
        ROUTINE_CATALOG: session.database.name,
        ROUTINE_SCHEMA: object.schema,
        ROUTINE_NAME: object.name,
        ROUTINE_TYPE: object.kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION',
        ...(returns ? typeColumns(returns) : { DATA_TYPE: table ? 'TABLE' : null }),
        ROUTINE_BODY: 'SQL',
        ROUTINE_DEFINITION: definition,
        SQL_DATA_ACCESS: object.kind === 'procedure' ? 'MODIFIES' : 'READS',
        CREATED: toDatetime(object.created),
        LAST_ALTERED: toDatetime(object.modified),
      };
    }
  },
);

const parameters = view(
  'INFORMATION_SCHEMA.PARAMETERS',
  {
    SPECIFIC_CATALOG: c.name.orNull,
    SPECIFIC_SCHEMA: c.name.orNull,
    SPECIFIC_NAME: c.name,
    ORDINAL_POSITION: c.int,
    PARAMETER_MODE: c.nvarchar(10).orNull,
    IS_RESULT: c.nvarchar(10).orNull,
    AS_LOCATOR: c.nvarchar(10).orNull,
    PARAMETER_NAME: c.name.orNull,
    ...TYPE_COLUMNS,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      for (const parameter of parametersOf(object)) {
        const result = parameter.parameterId === 0;
        yield {
          SPECIFIC_CATALOG: session.database.name,
          SPECIFIC_SCHEMA: object.schema,
          SPECIFIC_NAME: object.name,
          ORDINAL_POSITION: parameter.parameterId,
          PARAMETER_MODE: result ? 'OUT' : parameter.output ? 'INOUT' : 'IN',
          IS_RESULT: result ? 'YES' : 'NO',
          AS_LOCATOR: 'NO',
          PARAMETER_NAME: parameter.name,
          ...(parameter.tableType === undefined ? typeColumns(parameter.type) : { DATA_TYPE: 'table type' }),
        };
      }
    }
  },
);

const sequences = view(
  'INFORMATION_SCHEMA.SEQUENCES',
  {
    SEQUENCE_CATALOG: c.name.orNull,
    SEQUENCE_SCHEMA: c.name.orNull,
    SEQUENCE_NAME: c.name,
    DATA_TYPE: c.name.orNull,
    NUMERIC_PRECISION: c.tinyint.orNull,
    NUMERIC_PRECISION_RADIX: c.smallint.orNull,
    NUMERIC_SCALE: c.int.orNull,
    CYCLE_OPTION: c.int.orNull,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (object.kind !== 'sequence') continue;
      const { DATA_TYPE, NUMERIC_PRECISION, NUMERIC_PRECISION_RADIX, NUMERIC_SCALE } = typeColumns(object.type);
      yield {
        SEQUENCE_CATALOG: session.database.name,
        SEQUENCE_SCHEMA: object.schema,
        SEQUENCE_NAME: object.name,
        DATA_TYPE,
        NUMERIC_PRECISION,
        NUMERIC_PRECISION_RADIX,
        NUMERIC_SCALE,
        CYCLE_OPTION: object.cycle ? 1 : 0,
      };
    }
  },
);

const tablePrivileges = view(
  'INFORMATION_SCHEMA.TABLE_PRIVILEGES',
  {
    GRANTOR: c.name.orNull,
    GRANTEE: c.name.orNull,
    TABLE_CATALOG: c.name.orNull,
    TABLE_SCHEMA: c.name.orNull,
    TABLE_NAME: c.name,
    PRIVILEGE_TYPE: c.varchar(10).orNull,
    IS_GRANTABLE: c.varchar(3).orNull,
  },
  function* (session) {
    const principals = new Map([...session.database.principals].map(({ principalId, name }) => [principalId, name]));
    for (const entry of session.database.permissions) {
      if (entry.scope !== 'OBJECT' || entry.minorId !== 0 || entry.state === 'DENY') continue;
      const object = session.database.objectById(entry.majorId);
      if (!object || (object.kind !== 'table' && object.kind !== 'view') || !session.isVisible(object.objectId))
        continue;
      yield {
        GRANTOR: 'dbo',
        GRANTEE: principals.get(entry.principalId) ?? null,
        TABLE_CATALOG: session.database.name,
        TABLE_SCHEMA: object.schema,
        TABLE_NAME: object.name,
        PRIVILEGE_TYPE: entry.permission,
        IS_GRANTABLE: entry.state === 'GRANT_WITH_GRANT_OPTION' ? 'YES' : 'NO',
      };
    }
  },
);

export const INFORMATION_SCHEMA_VIEWS: readonly CatalogView[] = [
  schemata,
  tables,
  views,
  columns,
  ...INFORMATION_SCHEMA_CONSTRAINTS,
  routines,
  parameters,
  sequences,
  tablePrivileges,
];
