import type { Steps } from '../../engine/contracts.ts';
import { converter } from '../../engine/convert.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { ColumnDefinition, IndexDefinition, StoredRow } from '../../storage/table.ts';
import { tableContext } from '../contexts.ts';
import { compileTableRules } from '../dml/compile-rules.ts';
import { identityValue } from '../dml/identity.ts';
import { writerFor } from '../dml/session-writer.ts';
import type { Frame } from '../frame.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { resolveForeignKey } from './foreign-keys.ts';
import { keyOfDuplicate } from './indexes.ts';
import { TableBuilder } from './table-builder.ts';
import { tableToAlter } from './table-to-alter.ts';
import { currentUndo } from './undo.ts';

interface Alteration {
  readonly session: SessionState;
  readonly database: Database;
  readonly table: MemoryTable;
}

export function alterTable(session: SessionState, frame: Frame, statement: ast.AlterTable): void {
  const { database, table } = tableToAlter(session, frame, statement.name, 4902);
  const undo = currentUndo(session);
  undo.lock(table);
  // The log undoes this last, when the table has its former shape.
  undo.log(() => database.indexConstraints(table));
  undo.log(table.snapshot());
  const alteration = { session, database, table };
  const { action } = statement;
  switch (action.kind) {
    case 'add':
      addToTable(alteration, action);
      break;
    case 'alter column':
      alterColumn(alteration, action);
      break;
    case 'drop':
      dropFromTable(alteration, action);
      break;
    case 'check constraint':
      enableConstraints(alteration, action);
      break;
    case 'change tracking':
      trackChanges(alteration, action.enable);
      break;
    default:
      action satisfies never;
  }
  database.indexConstraints(table);
  session.planVersion++;
}

function trackChanges({ database, table }: Alteration, enable: boolean): void {
  if (database.changes === undefined)
    throw new SqlError(
      22106,
      'The CHANGETABLE function requires change tracking to be enabled on the database before it is enabled on the table.',
    );
  table.changes = enable ? database.changes : undefined;
}

function addToTable(
  { session, database, table }: Alteration,
  action: Extract<ast.AlterTableAction, { kind: 'add' }>,
): void {
  const context = tableContext(session, database, table.schema);
  const builder = TableBuilder.of(new TableBuilder(session, database, table.name, context), table.shape);
  const oldCount = table.columns.length;
  const oldChecks = table.checks.length;
  builder.add(action.body, () => table.takeColumnId());
  const { columns, checks, indexes } = builder;
  const added = columns.slice(oldCount);
  for (const column of added) {
    const fills =
      column.default !== undefined ||
      column.identity !== undefined ||
      column.computed !== undefined ||
      column.type.name === 'rowversion';
    if (column.nullable || fills || table.rowCount === 0) continue;
    throw new SqlError(
      4901,
      `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '${column.name}' cannot be added to non-empty table '${table.name}' because it does not satisfy these conditions.`,
    );
  }
  const shape = { columns, checks, indexes: table.indexes, foreignKeys: table.foreignKeys };
  const fill = added.map((_, i) => oldCount + i);
  table.setShape(shape, row => [...row.values, ...added.map(() => null)]);
  if (added.length > 0) {
    const rules = compileTableRules(session, database, table);
    table.setShape(shape, row => {
      const values = [...row.values];
      for (const ordinal of fill) {
        const column = columns[ordinal]!;
        const withValue =
          !column.nullable || action.withValues.some(name => name.toLowerCase() === column.name.toLowerCase());
        if (column.identity) values[ordinal] = identityValue(column, column.identity);
        else if (column.type.name === 'rowversion') values[ordinal] = database.nextRowVersion();
        else if (withValue && !column.computed) values[ordinal] = rules.defaults[ordinal]!();
      }
      for (const computed of rules.computed) values[computed.ordinal] = computed.evaluate(values);
      return values;
    });
  }
  for (const index of indexes.slice(table.indexes.length)) refuseDuplicates(table, index);
  table.setShape({ ...table.shape, indexes });
  const foreignKeys = [...table.foreignKeys];
  for (const pending of builder.pendingForeignKeys) {
    foreignKeys.push({ ...resolveForeignKey(context, table, pending), notTrusted: action.noCheck });
    table.setShape({ ...table.shape, foreignKeys });
  }
  if (!action.noCheck) {
    const newChecks = checks.slice(oldChecks).map(check => check.name);
    validate(
      session,
      database,
      table,
      newChecks,
      builder.pendingForeignKeys.map(key => key.name),
    );
  }
}

/** Existing rows must satisfy the named CHECK and FOREIGN KEY constraints. */
function validate(
  session: SessionState,
  database: Database,
  table: MemoryTable,
  checks: readonly string[],
  foreignKeys: readonly string[],
): void {
  const rules = compileTableRules(session, database, table);
  for (const rule of rules.checks) {
    const { name, column } = rule.constraint;
    if (!checks.includes(name)) continue;
    for (const row of table.scan()) {
      session.ticker.tick();
      if (rule.evaluate(row.values) !== false) continue;
      const shown = column === undefined ? '' : `, column '${table.columns[column]!.name}'`;
      throw new SqlError(
        547,
        `The ALTER TABLE statement conflicted with the CHECK constraint "${name}". The conflict occurred in database "${database.name}", table "${table.schema}.${table.name}"${shown}.`,
        16,
        0,
      );
    }
  }
  if (foreignKeys.length > 0) {
    runThrough(
      writerFor(session, database, 'ALTER TABLE').checkParents(table, [...table.scan()], 'ALTER TABLE', foreignKeys),
    );
  }
}

function refuseDuplicates(table: MemoryTable, index: IndexDefinition): void {
  if (!index.unique) return;
  const key = table.findDuplicate(index);
  if (!key) return;
  throw new SqlError(
    1505,
    `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table.schema}.${table.name}' and the index name '${index.name}'. The duplicate key value is (${keyOfDuplicate(table, index, key)}).`,
  );
}

function alterColumn(
  { database, table }: Alteration,
  action: Extract<ast.AlterTableAction, { kind: 'alter column' }>,
): void {
  const ordinal = table.ordinalOf(action.name);
  const column = table.columns[ordinal];
  if (!column)
    throw new SqlError(
      4924,
      `ALTER TABLE ALTER COLUMN failed because column '${action.name}' does not exist in table '${table.name}'.`,
    );
  if (column.computed || column.type.name === 'rowversion') {
    throw new SqlError(
      4928,
      `Cannot alter column '${column.name}' because it is '${column.computed ? 'COMPUTED' : 'timestamp'}'.`,
    );
  }
  const resolved = resolveDeclaredType(action.type, database, table.schema);
  const nullable = action.nullable ?? resolved.nullable ?? true;
  const narrower = column.type.name !== resolved.type.name || (column.type.length ?? 0) > (resolved.type.length ?? 0);
  const dependent = dependentsOf(table, ordinal, true);
  const keyed = table.indexes.find(
    index => index.constraint === 'PRIMARY KEY' && index.key.some(key => key.ordinal === ordinal),
  );
  if ((narrower && dependent) || (keyed && nullable))
    throw stillUsed('ALTER TABLE ALTER COLUMN', column.name, dependent ?? keyed!.name);
  const convert = converter(column.type, resolved.type, { implicit: true });
  if (!nullable) {
    for (const row of table.scan()) {
      if (row.values[ordinal] !== null) continue;
      throw new SqlError(
        515,
        `Cannot insert the value NULL into column '${column.name}', table '${database.name}.${table.schema}.${table.name}'; column does not allow nulls. UPDATE fails.`,
        16,
        2,
      );
    }
  }
  if (action.collation !== undefined) throw notSupported('ALTER COLUMN … COLLATE');
  const altered: ColumnDefinition = { ...column, type: resolved.type, nullable };
  const columns = table.columns.map((other, i) => (i === ordinal ? altered : other));
  table.setShape({ ...table.shape, columns }, row =>
    row.values.map((value, i) =>
      i === ordinal && value !== null ? convertStrictly(table, column, value, convert, resolved.type.length) : value,
    ),
  );
}

/** Text that no longer fits raises error 2628 instead of being truncated. */
function convertStrictly(
  table: MemoryTable,
  column: ColumnDefinition,
  value: Value,
  convert: (value: Value) => Value,
  length: number | undefined,
): Value {
  if (typeof value === 'string' && length !== undefined && length > 0 && value.trimEnd().length > length) {
    throw new SqlError(
      2628,
      `String or binary data would be truncated in table '${table.schema}.${table.name}', column '${column.name}'. Truncated value: '${value.slice(0, length)}'.`,
    );
  }
  return convert(value);
}

function dropFromTable({ database, table }: Alteration, action: Extract<ast.AlterTableAction, { kind: 'drop' }>): void {
  for (const item of action.constraints) dropConstraint(database, table, item);
  for (const item of action.columns) dropColumn(table, item);
}

function dropConstraint(database: Database, table: MemoryTable, item: ast.DropItem): void {
  const wanted = item.name.toLowerCase();
  const is = (other: { readonly name: string }): boolean => other.name.toLowerCase() === wanted;
  const { shape } = table;
  const index = shape.indexes.find(candidate => candidate.constraint && is(candidate));
  if (index) {
    const user = database.referencingKeys(table).find(({ key }) => key.referencedIndexId === index.indexId);
    if (user)
      throw new SqlError(
        3725,
        `The constraint '${index.name}' is being referenced by table '${user.child.name}', foreign key constraint '${user.key.name}'.`,
        16,
        0,
      );
    table.setShape({ ...shape, indexes: shape.indexes.filter(other => other !== index) });
    return;
  }
  if (shape.checks.some(is)) {
    table.setShape({ ...shape, checks: shape.checks.filter(other => !is(other)) });
    return;
  }
  if (shape.foreignKeys.some(is)) {
    table.setShape({ ...shape, foreignKeys: shape.foreignKeys.filter(other => !is(other)) });
    return;
  }
  if (shape.columns.some(column => column.default && is(column.default))) {
    const columns = shape.columns.map(column =>
      column.default && is(column.default) ? withoutDefault(column) : column,
    );
    table.setShape({ ...shape, columns });
    return;
  }
  if (!item.ifExists) throw new SqlError(3728, `'${item.name}' is not a constraint.`);
}

function withoutDefault(column: ColumnDefinition): ColumnDefinition {
  const { default: _default, ...rest } = column;
  return rest;
}

function dropColumn(table: MemoryTable, item: ast.DropItem): void {
  const ordinal = table.ordinalOf(item.name);
  const column = table.columns[ordinal];
  if (!column) {
    if (item.ifExists) return;
    throw new SqlError(
      4924,
      `ALTER TABLE DROP COLUMN failed because column '${item.name}' does not exist in table '${table.name}'.`,
    );
  }
  const dependent = dependentsOf(table, ordinal, false) ?? column.default?.name;
  if (dependent) throw stillUsed('ALTER TABLE DROP COLUMN', column.name, dependent);
  if (table.columns.length === 1) {
    throw new SqlError(
      4923,
      `ALTER TABLE DROP COLUMN failed because '${column.name}' is the only data column in table '${table.name}'. A table must have at least one data column.`,
    );
  }
  const move = (old: number): number => (old > ordinal ? old - 1 : old);
  const { shape } = table;
  table.setShape(
    {
      columns: shape.columns.filter((_, i) => i !== ordinal),
      indexes: shape.indexes.map(index => ({
        ...index,
        key: index.key.map(key => ({ ...key, ordinal: move(key.ordinal) })),
        included: index.included.map(move),
      })),
      checks: shape.checks.map(check =>
        check.column === undefined ? check : { ...check, column: move(check.column) },
      ),
      foreignKeys: shape.foreignKeys.map(key => ({ ...key, columns: key.columns.map(move) })),
    },
    (row: StoredRow) => row.values.filter((_, i) => i !== ordinal),
  );
}

/** The name of something that needs the column. */
function dependentsOf(table: MemoryTable, ordinal: number, forType: boolean): string | undefined {
  const name = table.columns[ordinal]!.name;
  const index = table.indexes.find(
    candidate => candidate.key.some(key => key.ordinal === ordinal) || candidate.included.includes(ordinal),
  );
  if (index) return index.name;
  const key = table.foreignKeys.find(candidate => candidate.columns.includes(ordinal));
  if (key) return key.name;
  const mentions = (node: unknown): boolean => mentionsColumn(node, name);
  const check = table.checks.find(candidate => candidate.column === ordinal || mentions(candidate.predicate));
  if (check) return check.name;
  const computed = table.columns.find(column => column.computed && mentions(column.computed.expression));
  if (computed) return computed.name;
  return forType ? table.columns[ordinal]!.default?.name : undefined;
}

function mentionsColumn(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(item => mentionsColumn(item, name));
  const { kind, parts } = node as { kind?: unknown; parts?: unknown };
  if (kind === 'column' && Array.isArray(parts))
    return String(parts[parts.length - 1]).toLowerCase() === name.toLowerCase();
  return Object.values(node).some(value => mentionsColumn(value, name));
}

const stillUsed = (statement: string, column: string, dependent: string): SqlError =>
  new SqlError(
    5074,
    `The object '${dependent}' is dependent on column '${column}'. ${statement} ${column} failed because one or more objects access this column.`,
  );

function enableConstraints(
  { session, database, table }: Alteration,
  action: Extract<ast.AlterTableAction, { kind: 'check constraint' }>,
): void {
  const all = [...table.checks, ...table.foreignKeys].map(constraint => constraint.name);
  const wanted = action.names ?? all;
  for (const name of wanted) {
    if (all.some(other => other.toLowerCase() === name.toLowerCase())) continue;
    throw new SqlError(4917, `Constraint '${name}' does not exist.`);
  }
  const lower = new Set(wanted.map(name => name.toLowerCase()));
  const change = <T extends { readonly name: string; readonly notTrusted: boolean }>(constraint: T): T =>
    lower.has(constraint.name.toLowerCase())
      ? {
          ...constraint,
          disabled: !action.enable,
          notTrusted: !action.enable || (constraint.notTrusted && !action.validate) || !action.validate,
        }
      : constraint;
  table.setShape({ ...table.shape, checks: table.checks.map(change), foreignKeys: table.foreignKeys.map(change) });
  if (action.enable && action.validate) {
    const names = all.filter(name => lower.has(name.toLowerCase()));
    validate(session, database, table, names, names);
  }
}

/** Definitions run without pauses. */
function runThrough(steps: Steps): void {
  while (!steps.next().done);
}
