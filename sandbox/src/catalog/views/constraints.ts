import type { Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { ReferentialAction, StoredTable } from '../../storage/table.ts';
import {
  CHECK,
  DEFAULT,
  FOREIGN_KEY,
  PRIMARY_KEY,
  seesDefinition,
  UNIQUE,
  visibleTables,
  type ObjectKind,
} from '../object-kinds.ts';
import { c, flag, view, type CatalogView } from '../view.ts';
import { OBJECT_COLUMNS, objectRow } from './objects.ts';

function constraintRow(
  session: CatalogSession,
  table: StoredTable,
  constraint: { readonly objectId: number; readonly name: string },
  kind: ObjectKind,
): ReturnType<typeof objectRow> {
  const { schema, created, modified } = table;
  const { objectId, name } = constraint;
  return objectRow(
    { objectId, name, schema, parent: table.objectId, kind, created, modified, systemNamed: false },
    session,
  );
}

const keyConstraints = view(
  'sys.key_constraints',
  { ...OBJECT_COLUMNS, unique_index_id: c.int.orNull, is_system_named: c.bit, is_enforced: c.bit.orNull },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const index of table.indexes) {
        if (index.constraint === undefined || index.constraintObjectId === undefined) continue;
        const kind = index.constraint === 'PRIMARY KEY' ? PRIMARY_KEY : UNIQUE;
        yield {
          ...constraintRow(session, table, { objectId: index.constraintObjectId, name: index.name }, kind),
          unique_index_id: index.indexId,
          is_system_named: flag(index.systemNamed),
          is_enforced: 1,
        };
      }
    }
  },
);

const ACTION_NUMBERS: Readonly<Record<ReferentialAction, number>> = {
  NO_ACTION: 0,
  CASCADE: 1,
  SET_NULL: 2,
  SET_DEFAULT: 3,
};

const foreignKeys = view(
  'sys.foreign_keys',
  {
    ...OBJECT_COLUMNS,
    referenced_object_id: c.int.orNull,
    key_index_id: c.int.orNull,
    is_disabled: c.bit,
    is_not_for_replication: c.bit,
    is_not_trusted: c.bit,
    delete_referential_action: c.tinyint.orNull,
    delete_referential_action_desc: c.nvarchar(60).orNull,
    update_referential_action: c.tinyint.orNull,
    update_referential_action_desc: c.nvarchar(60).orNull,
    is_system_named: c.bit,
  },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const key of table.foreignKeys) {
        yield {
          ...constraintRow(session, table, key, FOREIGN_KEY),
          referenced_object_id: key.referencedTable.objectId,
          key_index_id: key.referencedIndexId,
          is_disabled: flag(key.disabled),
          is_not_for_replication: 0,
          is_not_trusted: flag(key.notTrusted),
          delete_referential_action: ACTION_NUMBERS[key.onDelete],
          delete_referential_action_desc: key.onDelete,
          update_referential_action: ACTION_NUMBERS[key.onUpdate],
          update_referential_action_desc: key.onUpdate,
          is_system_named: flag(key.systemNamed),
        };
      }
    }
  },
);

const foreignKeyColumns = view(
  'sys.foreign_key_columns',
  {
    constraint_object_id: c.int,
    constraint_column_id: c.int,
    parent_object_id: c.int,
    parent_column_id: c.int,
    referenced_object_id: c.int,
    referenced_column_id: c.int,
  },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const key of table.foreignKeys) {
        for (const [i, ordinal] of key.columns.entries()) {
          const referenced = key.referencedColumns[i] ?? -1;
          yield {
            constraint_object_id: key.objectId,
            constraint_column_id: i + 1,
            parent_object_id: table.objectId,
            parent_column_id: table.columns[ordinal]?.columnId ?? 0,
            referenced_object_id: key.referencedTable.objectId,
            referenced_column_id: key.referencedTable.columns[referenced]?.columnId ?? 0,
          };
        }
      }
    }
  },
);

const checkConstraints = view(
  'sys.check_constraints',
  {
    ...OBJECT_COLUMNS,
    is_disabled: c.bit,
    is_not_for_replication: c.bit,
    is_not_trusted: c.bit,
    parent_column_id: c.int,
    definition: c.text.orNull,
    uses_database_collation: c.bit.orNull,
    is_system_named: c.bit,
  },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const check of table.checks) {
        yield {
          ...constraintRow(session, table, check, CHECK),
          is_disabled: flag(check.disabled),
          is_not_for_replication: 0,
          is_not_trusted: flag(check.notTrusted),
          parent_column_id: check.column === undefined ? 0 : (table.columns[check.column]?.columnId ?? 0),
          definition: seesDefinition(session, table.objectId) ? check.definition : null,
          uses_database_collation: 1,
          is_system_named: flag(check.systemNamed),
        };
      }
    }
  },
);

const defaultConstraints = view(
  'sys.default_constraints',
  { ...OBJECT_COLUMNS, parent_column_id: c.int, definition: c.text.orNull, is_system_named: c.bit },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const column of table.columns) {
        const byDefault = column.default;
        if (!byDefault) continue;
        yield {
          ...constraintRow(session, table, byDefault, DEFAULT),
          parent_column_id: column.columnId,
          definition: seesDefinition(session, table.objectId) ? byDefault.definition : null,
          is_system_named: flag(byDefault.systemNamed),
        };
      }
    }
  },
);

const CLASSES: Readonly<Record<number, string>> = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  2: 'PARAMETER',
  3: 'SCHEMA',
  6: 'TYPE',
  7: 'INDEX',
};

const extendedProperties = view(
  'sys.extended_properties',
  {
    class: c.tinyint,
    class_desc: c.nvarchar(60).orNull,
    major_id: c.int,
    minor_id: c.int,
    name: c.name,
    value: c.variant.orNull,
  },
  function* (session) {
    for (const property of session.extendedProperties) {
      const { class: classNumber, majorId, minorId, name, value, valueType } = property;
      const onObject = classNumber === 1 || classNumber === 2 || classNumber === 7;
      if (onObject && !session.isVisible(majorId)) continue;
      const variant: Value = value === null || isVariant(value) ? value : { type: valueType, value };
      yield {
        class: classNumber,
        class_desc: CLASSES[classNumber] ?? null,
        major_id: majorId,
        minor_id: minorId,
        name,
        value: variant,
      };
    }
  },
);

function isVariant(value: Value): value is Extract<Value, { type: unknown }> {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export const CONSTRAINT_VIEWS: readonly CatalogView[] = [
  keyConstraints,
  foreignKeys,
  foreignKeyColumns,
  checkConstraints,
  defaultConstraints,
  extendedProperties,
];
