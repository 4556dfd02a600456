import type { Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { IndexDefinition, StoredTable } from '../../storage/table.ts';
import { seesDefinition, visibleTables } from '../object-kinds.ts';
import { c, view, type CatalogView } from '../view.ts';

/* Constraints in INFORMATION_SCHEMA: primary, unique and foreign keys, checks. */

interface Constraint {
  readonly table: StoredTable;
  readonly name: string;
  readonly type: 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY' | 'CHECK';
  /** Ordinals of its columns. */
  readonly columns: readonly number[];
}

function* constraints(session: CatalogSession): Generator<Constraint> {
  for (const table of visibleTables(session)) {
    for (const { name, constraint, key } of table.indexes) {
      if (constraint) yield { table, name, type: constraint, columns: key.map(({ ordinal }) => ordinal) };
    }
    for (const { name, columns: ordinals } of table.foreignKeys)
      yield { table, name, type: 'FOREIGN KEY', columns: ordinals };
    for (const { name, column } of table.checks) {
      yield { table, name, type: 'CHECK', columns: column === undefined ? [] : [column] };
    }
  }
}

const CONSTRAINT_NAME = {
  CONSTRAINT_CATALOG: c.name.orNull,
  CONSTRAINT_SCHEMA: c.name.orNull,
  CONSTRAINT_NAME: c.name,
};
const TABLE_NAME = { TABLE_CATALOG: c.name.orNull, TABLE_SCHEMA: c.name.orNull, TABLE_NAME: c.name };

function names(session: CatalogSession, table: StoredTable, constraint: string): Record<string, Value> {
  return {
    CONSTRAINT_CATALOG: session.database.name,
    CONSTRAINT_SCHEMA: table.schema,
    CONSTRAINT_NAME: constraint,
    TABLE_CATALOG: session.database.name,
    TABLE_SCHEMA: table.schema,
    TABLE_NAME: table.name,
  };
}

const tableConstraints = view(
  'INFORMATION_SCHEMA.TABLE_CONSTRAINTS',
  {
    ...CONSTRAINT_NAME,
    ...TABLE_NAME,
    CONSTRAINT_TYPE: c.varchar(11).orNull,
    IS_DEFERRABLE: c.varchar(2),
    INITIALLY_DEFERRED: c.varchar(2),
  },
  function* (session) {
    for (const { table, name, type } of constraints(session)) {
      yield { ...names(session, table, name), CONSTRAINT_TYPE: type, IS_DEFERRABLE: 'NO', INITIALLY_DEFERRED: 'NO' };
    }
  },
);

const keyColumnUsage = view(
  'INFORMATION_SCHEMA.KEY_COLUMN_USAGE',
  { ...CONSTRAINT_NAME, ...TABLE_NAME, COLUMN_NAME: c.name.orNull, ORDINAL_POSITION: c.int },
  function* (session) {
    for (const { table, name, type, columns: ordinals } of constraints(session)) {
      if (type === 'CHECK') continue;
      for (const [i, ordinal] of ordinals.entries()) {
        yield {
          ...names(session, table, name),
          COLUMN_NAME: table.columns[ordinal]?.name ?? null,
          ORDINAL_POSITION: i + 1,
        };
      }
    }
  },
);

const constraintColumnUsage = view(
  'INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE',
  { ...TABLE_NAME, COLUMN_NAME: c.name.orNull, ...CONSTRAINT_NAME },
  function* (session) {
    for (const { table, name, columns: ordinals } of constraints(session)) {
      for (const ordinal of ordinals) {
        yield { ...names(session, table, name), COLUMN_NAME: table.columns[ordinal]?.name ?? null };
      }
    }
  },
);

const constraintTableUsage = view(
  'INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE',
  { ...TABLE_NAME, ...CONSTRAINT_NAME },
  function* (session) {
    for (const { table, name } of constraints(session)) yield names(session, table, name);
  },
);

const rule = (action: string): string => action.replace('_', ' ');

const referentialConstraints = view(
  'INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS',
  {
    ...CONSTRAINT_NAME,
    UNIQUE_CONSTRAINT_CATALOG: c.name.orNull,
    UNIQUE_CONSTRAINT_SCHEMA: c.name.orNull,
    UNIQUE_CONSTRAINT_NAME: c.name.orNull,
    MATCH_OPTION: c.varchar(7).orNull,
    UPDATE_RULE: c.varchar(11).orNull,
    DELETE_RULE: c.varchar(11).orNull,
  },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const key of table.foreignKeys) {
        const unique: IndexDefinition | undefined = key.referencedTable.indexes.find(
          ({ indexId }) => indexId === key.referencedIndexId,
        );
        yield {
          ...names(session, table, key.name),
          UNIQUE_CONSTRAINT_CATALOG: session.database.name,
          UNIQUE_CONSTRAINT_SCHEMA: key.referencedTable.schema,
          UNIQUE_CONSTRAINT_NAME: unique?.name ?? null,
          MATCH_OPTION: 'SIMPLE',
          UPDATE_RULE: rule(key.onUpdate),
          DELETE_RULE: rule(key.onDelete),
        };
      }
    }
  },
);

const checkConstraints = view(
  'INFORMATION_SCHEMA.CHECK_CONSTRAINTS',
  { ...CONSTRAINT_NAME, CHECK_CLAUSE: c.nvarchar(4000).orNull },
  function* (session) {
    for (const table of visibleTables(session)) {
      for (const check of table.checks) {
        yield {
          ...names(session, table, check.name),
          CHECK_CLAUSE: seesDefinition(session, table.objectId) ? check.definition : null,
        };
      }
    }
  },
);

export const INFORMATION_SCHEMA_CONSTRAINTS: readonly CatalogView[] = [
  tableConstraints,
  keyColumnUsage,
  constraintColumnUsage,
  constraintTableUsage,
  referentialConstraints,
  checkConstraints,
];
