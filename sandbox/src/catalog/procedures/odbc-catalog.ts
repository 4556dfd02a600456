import type { SqlType, Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession, SystemProcedure } from '../../session/catalog-provider.ts';
import type { StoredTable } from '../../storage/table.ts';
import { visibleObjects, visibleTables } from '../object-kinds.ts';
import { SYSTEM_VIEWS } from '../system-views.ts';
import { c } from '../view.ts';
import { columnsOf } from '../views/columns.ts';
import { BoundArguments, likePattern } from './arguments.ts';
import { ordered, resultSet } from './result.ts';

/*
 * The ODBC catalog procedures (learn.microsoft.com: sp_tables, sp_columns, sp_pkeys, sp_fkeys, sp_databases).
 */

const TABLE = { TABLE_QUALIFIER: c.name.orNull, TABLE_OWNER: c.name.orNull, TABLE_NAME: c.name.orNull };

export const spTables: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_tables',
      ['@table_name', '@table_owner', '@table_qualifier', '@table_type', '@fUsePattern'].map(name => ({ name })),
      args,
    );
    const name = likePattern(bound.text('@table_name'));
    const owner = likePattern(bound.text('@table_owner'));
    const types = bound.text('@table_type')?.toUpperCase();
    const rows: Record<string, Value>[] = [];
    const add = (schema: string, table: string, type: string): void => {
      if (!name(table) || !owner(schema) || (types !== undefined && !types.includes(`'${type}'`))) return;
      rows.push({ TABLE_QUALIFIER: session.database.name, TABLE_OWNER: schema, TABLE_NAME: table, TABLE_TYPE: type });
    };
    for (const object of visibleObjects(session)) {
      if (object.kind === 'table') add(object.schema, object.name, 'TABLE');
      if (object.kind === 'view') add(object.schema, object.name, 'VIEW');
    }
    for (const view of SYSTEM_VIEWS) add(view.schema, view.name, 'VIEW');
    const columns = { ...TABLE, TABLE_TYPE: c.varchar(32).orNull, REMARKS: c.varchar(254).orNull };
    return [resultSet(columns, ordered(rows, 'TABLE_TYPE', 'TABLE_QUALIFIER', 'TABLE_OWNER', 'TABLE_NAME'))];
  },
};

interface OdbcType {
  readonly dataType: number;
  readonly precision: number;
  readonly length: number;
  readonly scale: number | null;
  readonly radix: number | null;
  readonly sqlDataType: number;
  readonly dateTimeSub: number | null;
  readonly octets: number | null;
}

/** ODBC's numbers for the types (learn.microsoft.com: ODBC data types; sql.h, msodbcsql.h). */
const ODBC_TYPES: Readonly<Record<SqlType['name'], number>> = {
  bit: -7,
  tinyint: -6,
  smallint: 5,
  int: 4,
  bigint: -5,
  decimal: 3,
  numeric: 2,
  money: 3,
  smallmoney: 3,
  real: 7,
  float: 6,
  date: -9,
  time: -9,
  datetime: 11,
  smalldatetime: 11,
  datetime2: -9,
  datetimeoffset: -9,
  char: 1,
  varchar: 12,
  nchar: -8,
  nvarchar: -9,
  text: -1,
  ntext: -10,
  binary: -2,
  varbinary: -3,
  image: -4,
  rowversion: -2,
  uniqueidentifier: -11,
  xml: -152,
  sql_variant: -150,
  hierarchyid: -151,
  geography: -151,
  geometry: -151,
};

function odbcType(type: SqlType): OdbcType {
  const dataType = ODBC_TYPES[type.name];
  const { precision, scale } = t.precisionScale(type);
  const bytes = t.maxLengthBytes(type);
  if (t.isString(type) || t.isBinary(type)) {
    const max = bytes < 0 ? 0 : bytes;
    const characters = t.isUnicode(type) ? max / 2 : max;
    const octets = type.name === 'rowversion' ? 8 : max;
    return {
      dataType,
      precision: characters,
      length: max,
      scale: null,
      radix: null,
      sqlDataType: dataType,
      dateTimeSub: null,
      octets,
    };
  }
  if (t.isDateTime(type)) {
    const legacy = t.isLegacyDateTime(type);
    const scaleShown = type.name === 'datetime' ? 3 : type.name === 'smalldatetime' || type.name === 'date' ? 0 : scale;
    return {
      dataType,
      precision,
      length: legacy ? 16 : precision * 2,
      scale: type.name === 'date' ? null : scaleShown,
      radix: null,
      sqlDataType: legacy ? 9 : dataType,
      dateTimeSub: legacy ? 3 : null,
      octets: null,
    };
  }
  if (t.isNumeric(type)) {
    const exact = type.name === 'decimal' || type.name === 'numeric' || t.isMoney(type);
    return {
      dataType,
      precision: type.name === 'real' ? 7 : type.name === 'float' ? 15 : precision,
      length: exact ? precision + 2 : bytes,
      scale: t.isApproximate(type) || type.name === 'bit' ? null : scale,
      radix: type.name === 'bit' ? null : 10,
      sqlDataType: dataType,
      dateTimeSub: null,
      octets: null,
    };
  }
  const length = type.name === 'uniqueidentifier' ? 16 : Math.max(0, bytes);
  const shown = type.name === 'uniqueidentifier' ? 36 : length;
  return {
    dataType,
    precision: shown,
    length,
    scale: null,
    radix: null,
    sqlDataType: dataType,
    dateTimeSub: null,
    octets: null,
  };
}

/** SS_DATA_TYPE: the type's byte in TDS, nullable or not (master.dbo.spt_datatype_info). */
const SS_TYPES: Readonly<Record<SqlType['name'], readonly [notNull: number, nullable: number]>> = {
  bit: [50, 50],
  tinyint: [48, 38],
  smallint: [52, 38],
  int: [56, 38],
  bigint: [63, 108],
  decimal: [55, 106],
  numeric: [63, 108],
  money: [60, 110],
  smallmoney: [122, 110],
  real: [59, 109],
  float: [62, 109],
  date: [0, 0],
  time: [0, 0],
  datetime: [61, 111],
  smalldatetime: [58, 111],
  datetime2: [0, 0],
  datetimeoffset: [0, 0],
  char: [47, 39],
  varchar: [39, 39],
  nchar: [39, 39],
  nvarchar: [39, 39],
  text: [35, 35],
  ntext: [35, 35],
  binary: [45, 37],
  varbinary: [37, 37],
  image: [34, 34],
  rowversion: [45, 37],
  uniqueidentifier: [37, 37],
  xml: [0, 0],
  sql_variant: [39, 39],
  hierarchyid: [23, 23],
  geography: [23, 23],
  geometry: [23, 23],
};

export const spColumns: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_columns',
      [
        { name: '@table_name', required: true },
        ...['@table_owner', '@table_qualifier', '@column_name', '@ODBCVer', '@fUsePattern'].map(name => ({ name })),
      ],
      args,
    );
    const pattern = bound.number('@fUsePattern') !== 0;
    const matcher = (text: string | undefined): ((name: string) => boolean) =>
      pattern || text === undefined ? likePattern(text) : name => name.toLowerCase() === text.toLowerCase();
    const [table, owner, column] = [
      matcher(bound.text('@table_name')),
      matcher(bound.text('@table_owner')),
      matcher(bound.text('@column_name')),
    ];
    const rows: Record<string, Value>[] = [];
    for (const object of visibleObjects(session)) {
      if ((object.kind !== 'table' && object.kind !== 'view') || !table(object.name) || !owner(object.schema)) continue;
      let ordinal = 0;
      for (const found of columnsOf(object)) {
        ordinal++;
        if (!column(found.name)) continue;
        const odbc = odbcType(found.type);
        const typeName = t.catalogTypeName(found.type) + (found.stored?.identity ? ' identity' : '');
        rows.push({
          TABLE_QUALIFIER: session.database.name,
          TABLE_OWNER: object.schema,
          TABLE_NAME: object.name,
          COLUMN_NAME: found.name,
          DATA_TYPE: odbc.dataType,
          TYPE_NAME: typeName,
          PRECISION: odbc.precision,
          LENGTH: odbc.length,
          SCALE: odbc.scale,
          RADIX: odbc.radix,
          NULLABLE: found.nullable ? 1 : 0,
          REMARKS: null,
          COLUMN_DEF: found.stored?.default?.definition ?? null,
          SQL_DATA_TYPE: odbc.sqlDataType,
          SQL_DATETIME_SUB: odbc.dateTimeSub,
          CHAR_OCTET_LENGTH: odbc.octets,
          ORDINAL_POSITION: ordinal,
          IS_NULLABLE: found.nullable ? 'YES' : 'NO',
          SS_DATA_TYPE: SS_TYPES[found.type.name][found.nullable ? 1 : 0],
        });
      }
    }
    const columns = {
      ...TABLE,
      COLUMN_NAME: c.name.orNull,
      DATA_TYPE: c.smallint.orNull,
      TYPE_NAME: c.name.orNull,
      PRECISION: c.int.orNull,
      LENGTH: c.int.orNull,
      SCALE: c.smallint.orNull,
      RADIX: c.smallint.orNull,
      NULLABLE: c.smallint.orNull,
      REMARKS: c.varchar(254).orNull,
      COLUMN_DEF: c.nvarchar(4000).orNull,
      SQL_DATA_TYPE: c.smallint.orNull,
      SQL_DATETIME_SUB: c.smallint.orNull,
      CHAR_OCTET_LENGTH: c.int.orNull,
      ORDINAL_POSITION: c.int.orNull,
      IS_NULLABLE: c.varchar(254).orNull,
      SS_DATA_TYPE: c.tinyint.orNull,
    };
    return [resultSet(columns, ordered(rows, 'TABLE_OWNER', 'TABLE_NAME', 'ORDINAL_POSITION'))];
  },
};

export const spDatabases: SystemProcedure = {
  run(args, session) {
    new BoundArguments('sp_databases', [], args);
    const rows = [...session.server.databases].map(({ name }) => ({
      DATABASE_NAME: name,
      DATABASE_SIZE: 8192,
      REMARKS: null,
    }));
    const columns = { DATABASE_NAME: c.name.orNull, DATABASE_SIZE: c.int.orNull, REMARKS: c.varchar(254).orNull };
    return [resultSet(columns, ordered(rows, 'DATABASE_NAME'))];
  },
};

function tableNamed(session: CatalogSession, name: string | undefined, owner: string | undefined): StoredTable[] {
  return [...visibleTables(session)].filter(
    table =>
      (name === undefined || table.name.toLowerCase() === name.toLowerCase()) &&
      (owner === undefined || table.schema.toLowerCase() === owner.toLowerCase()),
  );
}

export const spPrimaryKeys: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_pkeys',
      [{ name: '@table_name', required: true }, { name: '@table_owner' }, { name: '@table_qualifier' }],
      args,
    );
    const rows: Record<string, Value>[] = [];
    for (const table of tableNamed(session, bound.text('@table_name'), bound.text('@table_owner'))) {
      const key = table.indexes.find(({ constraint }) => constraint === 'PRIMARY KEY');
      for (const [i, { ordinal }] of (key?.key ?? []).entries()) {
        rows.push({
          TABLE_QUALIFIER: session.database.name,
          TABLE_OWNER: table.schema,
          TABLE_NAME: table.name,
          COLUMN_NAME: table.columns[ordinal]?.name ?? null,
          KEY_SEQ: i + 1,
          PK_NAME: key?.name ?? null,
        });
      }
    }
    return [
      resultSet({ ...TABLE, COLUMN_NAME: c.name.orNull, KEY_SEQ: c.smallint.orNull, PK_NAME: c.name.orNull }, rows),
    ];
  },
};

/** ODBC's numbers of referential actions: 0 cascade, 1 no action, 2 set null, 3 set default. */
const RULES = { CASCADE: 0, NO_ACTION: 1, SET_NULL: 2, SET_DEFAULT: 3 } as const;

export const spForeignKeys: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_fkeys',
      [
        '@pktable_name',
        '@pktable_owner',
        '@pktable_qualifier',
        '@fktable_name',
        '@fktable_owner',
        '@fktable_qualifier',
      ].map(name => ({ name })),
      args,
    );
    const referenced = tableNamed(session, bound.text('@pktable_name'), bound.text('@pktable_owner'));
    const rows: Record<string, Value>[] = [];
    for (const table of tableNamed(session, bound.text('@fktable_name'), bound.text('@fktable_owner'))) {
      for (const key of table.foreignKeys) {
        const parent = key.referencedTable;
        if (!referenced.some(({ objectId }) => objectId === parent.objectId)) continue;
        for (const [i, ordinal] of key.columns.entries()) {
          rows.push({
            PKTABLE_QUALIFIER: session.database.name,
            PKTABLE_OWNER: parent.schema,
            PKTABLE_NAME: parent.name,
            PKCOLUMN_NAME: parent.columns[key.referencedColumns[i] ?? -1]?.name ?? null,
            FKTABLE_QUALIFIER: session.database.name,
            FKTABLE_OWNER: table.schema,
            FKTABLE_NAME: table.name,
            FKCOLUMN_NAME: table.columns[ordinal]?.name ?? null,
            KEY_SEQ: i + 1,
            UPDATE_RULE: RULES[key.onUpdate],
            DELETE_RULE: RULES[key.onDelete],
            FK_NAME: key.name,
            PK_NAME: parent.indexes.find(({ indexId }) => indexId === key.referencedIndexId)?.name ?? null,
            DEFERRABILITY: 7,
          });
        }
      }
    }
    const name = c.name.orNull;
    const columns = {
      PKTABLE_QUALIFIER: name,
      PKTABLE_OWNER: name,
      PKTABLE_NAME: name,
      PKCOLUMN_NAME: name,
      FKTABLE_QUALIFIER: name,
      FKTABLE_OWNER: name,
      FKTABLE_NAME: name,
      FKCOLUMN_NAME: name,
      KEY_SEQ: c.smallint.orNull,
      UPDATE_RULE: c.smallint.orNull,
      DELETE_RULE: c.smallint.orNull,
      FK_NAME: name,
      PK_NAME: name,
      DEFERRABILITY: c.smallint.orNull,
    };
    return [resultSet(columns, ordered(rows, 'FKTABLE_OWNER', 'FKTABLE_NAME', 'KEY_SEQ'))];
  },
};
