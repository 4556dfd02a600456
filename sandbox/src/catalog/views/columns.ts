import type { SourceColumn } from '../../engine/binder/bind-context.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { ColumnDefinition, DatabaseObject, ModuleParameter } from '../../storage/table.ts';
import { seesDefinition, visibleObjects } from '../object-kinds.ts';
import { typeFacts } from '../type-catalog.ts';
import { c, COLLATION, flag, view, type CatalogView } from '../view.ts';

/** A column of a table, view or table function. */
export interface CatalogColumn {
  readonly object: DatabaseObject;
  readonly name: string;
  readonly columnId: number;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Set for columns of tables. */
  readonly stored?: ColumnDefinition;
}

export function* columnsOf(object: DatabaseObject): Generator<CatalogColumn> {
  if (object.kind === 'table') {
    for (const stored of object.columns) {
      const { name, columnId, type, nullable } = stored;
      yield { object, name, columnId, type, nullable, stored };
    }
    return;
  }
  if (object.kind !== 'view' && object.kind !== 'inline function' && object.kind !== 'table function') return;
  let columnId = 0;
  for (const { name, type, nullable } of object.columns ?? [])
    yield { object, name, columnId: ++columnId, type, nullable };
}

function* visibleColumns(session: CatalogSession): Generator<CatalogColumn> {
  for (const object of visibleObjects(session)) yield* columnsOf(object);
  for (const type of session.database.types) {
    for (const stored of type.table?.columns ?? []) {
      const { name, columnId, type: of, nullable } = stored;
      yield { object: type, name, columnId, type: of, nullable, stored };
    }
  }
}

export const COLUMN_COLUMNS = {
  object_id: c.int,
  name: c.name.orNull,
  column_id: c.int,
  system_type_id: c.tinyint,
  user_type_id: c.int,
  max_length: c.smallint,
  precision: c.tinyint,
  scale: c.tinyint,
  collation_name: c.name.orNull,
  is_nullable: c.bit.orNull,
  is_ansi_padded: c.bit,
  is_rowguidcol: c.bit,
  is_identity: c.bit,
  is_computed: c.bit,
  is_filestream: c.bit,
  is_replicated: c.bit.orNull,
  is_non_sql_subscribed: c.bit.orNull,
  is_merge_published: c.bit.orNull,
  is_dts_replicated: c.bit.orNull,
  is_xml_document: c.bit,
  xml_collection_id: c.int,
  default_object_id: c.int,
  rule_object_id: c.int,
  is_sparse: c.bit.orNull,
  is_column_set: c.bit.orNull,
  generated_always_type: c.tinyint.orNull,
  generated_always_type_desc: c.nvarchar(60).orNull,
  encryption_type: c.int.orNull,
  encryption_type_desc: c.nvarchar(64).orNull,
  encryption_algorithm_name: c.name.orNull,
  column_encryption_key_id: c.int.orNull,
  column_encryption_key_database_name: c.name.orNull,
  is_hidden: c.bit.orNull,
  is_masked: c.bit,
  graph_type: c.int.orNull,
  graph_type_desc: c.nvarchar(60).orNull,
};
type ColumnRow = { readonly [K in keyof typeof COLUMN_COLUMNS]?: Value };

const PLAIN_COLUMN = {
  is_filestream: 0,
  is_replicated: 0,
  is_non_sql_subscribed: 0,
  is_merge_published: 0,
  is_dts_replicated: 0,
  is_xml_document: 0,
  xml_collection_id: 0,
  rule_object_id: 0,
  is_sparse: 0,
  is_column_set: 0,
  generated_always_type: 0,
  generated_always_type_desc: 'NOT_APPLICABLE',
  is_hidden: 0,
  is_masked: 0,
};

function columnRow(column: CatalogColumn, session: CatalogSession): ColumnRow {
  const { object, stored, type } = column;
  const facts = typeFacts(type, session, stored?.userTypeName);
  return {
    object_id: object.objectId,
    name: column.name,
    column_id: column.columnId,
    system_type_id: facts.systemTypeId,
    user_type_id: facts.userTypeId,
    max_length: facts.maxLength,
    precision: facts.precision,
    scale: facts.scale,
    collation_name: facts.collation,
    is_nullable: flag(column.nullable),
    is_ansi_padded: flag(t.isString(type) || t.isBinary(type)),
    is_rowguidcol: flag(stored?.rowGuidCol),
    is_identity: flag(stored?.identity !== undefined),
    is_computed: flag(stored?.computed !== undefined),
    default_object_id: stored?.default?.objectId ?? 0,
    ...PLAIN_COLUMN,
  };
}

/** Columns of the catalog's own views, for sys.all_columns. */
export function systemColumnRow(
  objectId: number,
  column: SourceColumn,
  columnId: number,
  session: CatalogSession,
): ColumnRow {
  const facts = typeFacts(column.type, session);
  return {
    object_id: objectId,
    name: column.name,
    column_id: columnId,
    system_type_id: facts.systemTypeId,
    user_type_id: facts.userTypeId,
    max_length: facts.maxLength,
    precision: facts.precision,
    scale: facts.scale,
    collation_name: t.isString(column.type) ? COLLATION : null,
    is_nullable: flag(column.nullable),
    is_ansi_padded: flag(t.isString(column.type)),
    is_rowguidcol: 0,
    is_identity: 0,
    is_computed: 0,
    default_object_id: 0,
    ...PLAIN_COLUMN,
  };
}

const columns = view('sys.columns', COLUMN_COLUMNS, function* (session) {
  for (const column of visibleColumns(session)) yield columnRow(column, session);
});

const computedColumns = view(
  'sys.computed_columns',
  { ...COLUMN_COLUMNS, definition: c.text.orNull, uses_database_collation: c.bit, is_persisted: c.bit },
  function* (session) {
    for (const column of visibleColumns(session)) {
      const computed = column.stored?.computed;
      if (!computed) continue;
      yield {
        ...columnRow(column, session),
        definition: seesDefinition(session, column.object.objectId) ? computed.definition : null,
        uses_database_collation: flag(t.isString(column.type)),
        is_persisted: flag(computed.persisted),
      };
    }
  },
);

const identityColumns = view(
  'sys.identity_columns',
  {
    ...COLUMN_COLUMNS,
    seed_value: c.variant.orNull,
    increment_value: c.variant.orNull,
    last_value: c.variant.orNull,
    is_not_for_replication: c.bit.orNull,
  },
  function* (session) {
    for (const column of visibleColumns(session)) {
      const identity = column.stored?.identity;
      if (!identity) continue;
      const { type } = column;
      const whole = type.name === 'bigint' || t.isDecimal(type);
      const variant = (value: bigint): Value => ({ type, value: whole ? value : Number(value) });
      yield {
        ...columnRow(column, session),
        seed_value: variant(identity.seed),
        increment_value: variant(identity.increment),
        last_value: identity.last === null ? null : variant(identity.last),
        is_not_for_replication: 0,
      };
    }
  },
);

export interface CatalogParameter extends Omit<ModuleParameter, 'default'> {
  readonly object: DatabaseObject;
  /** 0 stands for the result of a scalar function. */
  readonly parameterId: number;
  readonly hasDefault: boolean;
}

export function* parametersOf(object: DatabaseObject): Generator<CatalogParameter> {
  if (object.kind === 'scalar function' && object.returns) {
    yield { object, parameterId: 0, name: '', type: object.returns, output: true, readOnly: false, hasDefault: false };
  }
  if (!('parameters' in object)) return;
  let parameterId = 0;
  for (const parameter of object.parameters) {
    yield { ...parameter, object, parameterId: ++parameterId, hasDefault: parameter.default !== undefined };
  }
}

const parameters = view(
  'sys.parameters',
  {
    object_id: c.int,
    name: c.name.orNull,
    parameter_id: c.int,
    system_type_id: c.tinyint,
    user_type_id: c.int,
    max_length: c.smallint,
    precision: c.tinyint,
    scale: c.tinyint,
    is_output: c.bit,
    is_cursor_ref: c.bit,
    has_default_value: c.bit,
    is_xml_document: c.bit,
    default_value: c.variant.orNull,
    xml_collection_id: c.int,
    is_readonly: c.bit,
    is_nullable: c.bit.orNull,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      for (const parameter of parametersOf(object)) {
        const facts = typeFacts(parameter.type, session, parameter.tableType);
        yield {
          object_id: object.objectId,
          name: parameter.name,
          parameter_id: parameter.parameterId,
          system_type_id: parameter.tableType === undefined ? facts.systemTypeId : 243,
          user_type_id: facts.userTypeId,
          max_length: parameter.tableType === undefined ? facts.maxLength : -1,
          precision: facts.precision,
          scale: facts.scale,
          is_output: flag(parameter.output),
          is_cursor_ref: 0,
          // True for CLR objects only (learn.microsoft.com: sys.parameters).
          has_default_value: 0,
          is_xml_document: 0,
          xml_collection_id: 0,
          is_readonly: flag(parameter.readOnly),
          is_nullable: 1,
        };
      }
    }
  },
);

export const COLUMN_VIEWS: readonly CatalogView[] = [columns, computedColumns, identityColumns, parameters];
