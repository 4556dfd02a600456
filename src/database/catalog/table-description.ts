import type { CellValue } from '../driver/result-set.js';
import type { Rows } from '../connection/catalog-runner.js';
import type {
  ColumnDescription,
  IndexDescription,
  ReferentialAction,
  ReferentialActions,
  TableDescription,
  TableSummary,
} from './catalog.types.js';
import { knownCount } from './known-table.js';
import { typeFacts } from './type-text.js';

type Row = readonly CellValue[];

const text = (value: CellValue | undefined): string => String(value ?? '');
const ACTIONS: readonly ReferentialAction[] = ['CASCADE', 'SET NULL', 'SET DEFAULT'];

/** Builds a description from the result sets of catalog.queries' TABLE. */
export function tableDescription(table: TableSummary, sets: readonly Rows[]): TableDescription {
  const [, columns = [], indexColumns = [], keysOut = [], keysIn = [], checks = [], rowCounts = [], descriptions = []] =
    sets;
  const indexes = groupIndexes(indexColumns);
  const rowCount = knownCount(rowCounts[0]?.[0], table);
  const { name, schema, type, row_count: _earlier, description: _listed, ...facts } = table;
  const description = descriptions[0]?.[0];
  return {
    table: name,
    schema,
    type,
    ...facts,
    ...(typeof description === 'string' ? { description } : {}),
    columns: columns.map(columnDescription),
    primary_keys: indexes.find(index => index.primary)?.columns ?? [],
    foreign_keys: keysOut.map(([key, column, targetSchema, target, targetColumn, onDelete, onUpdate]) => ({
      name: text(key),
      column: text(column),
      references: { schema: text(targetSchema), table: text(target), column: text(targetColumn) },
      ...actions(onDelete, onUpdate),
    })),
    referenced_by: keysIn.map(([key, from, referencing, column, target, onDelete, onUpdate]) => ({
      name: text(key),
      schema: text(from),
      table: text(referencing),
      column: text(column),
      references_column: text(target),
      ...actions(onDelete, onUpdate),
    })),
    indexes: indexes.map(({ primary: _primary, constraint: _constraint, ...index }) => index),
    unique_constraints: indexes
      .filter(index => index.constraint)
      .map(index => ({ name: index.name, columns: index.columns })),
    check_constraints: checks.map(([check, definition]) => ({ name: text(check), definition: text(definition) })),
    column_count: columns.length,
    ...(rowCount === undefined ? {} : { row_count: rowCount }),
  };
}

function columnDescription(row: Row): ColumnDescription {
  const [name, declared, base, nullable, maxLength, precision, scale, identity, defaultText, computed, description] =
    row;
  const { type, ...size } = typeFacts(declared, base, maxLength, precision, scale);
  return {
    name: text(name),
    type,
    nullable: nullable === true,
    default: typeof defaultText === 'string' ? defaultText : null,
    ...size,
    ...(identity === true ? { identity: true } : {}),
    ...(typeof computed === 'string' ? { computed } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

/** The sys views write NO_ACTION and SET_NULL, INFORMATION_SCHEMA NO ACTION and SET NULL. */
function actions(onDelete: CellValue | undefined, onUpdate: CellValue | undefined): ReferentialActions {
  const [deleted, updated] = [actionOf(onDelete), actionOf(onUpdate)];
  return {
    ...(deleted === undefined ? {} : { on_delete: deleted }),
    ...(updated === undefined ? {} : { on_update: updated }),
  };
}

function actionOf(value: CellValue | undefined): ReferentialAction | undefined {
  const action = text(value).replace('_', ' ');
  return ACTIONS.find(known => known === action);
}

interface GroupedIndex extends IndexDescription {
  readonly columns: string[];
  readonly primary: boolean;
  readonly constraint: boolean;
}

function groupIndexes(rows: readonly Row[]): readonly GroupedIndex[] {
  const byName = new Map<string, GroupedIndex & { included_columns?: string[]; descending_columns?: string[] }>();
  for (const [name, type, unique, primary, constraint, filter, column, included, descending] of rows) {
    const key = text(name);
    const index = byName.get(key) ?? {
      name: key,
      columns: [],
      unique: unique === true,
      type: text(type).toLowerCase(),
      ...(typeof filter === 'string' ? { filter } : {}),
      primary: primary === true,
      constraint: constraint === true,
    };
    byName.set(key, index);
    if (included === true) (index.included_columns ??= []).push(text(column));
    else index.columns.push(text(column));
    if (descending === true) (index.descending_columns ??= []).push(text(column));
  }
  return [...byName.values()];
}
