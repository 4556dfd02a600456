import { compilePredicate } from '../../engine/query/compile-query.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import type { Database } from '../../storage/database.ts';
import { MemoryTable, type IndexFilter, type TableShape } from '../../storage/memory-table.ts';
import type { StoredTable } from '../../storage/table.ts';
import { tableContext } from '../contexts.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { resolveForeignKey } from './foreign-keys.ts';
import { newObjectName, refuseDuplicate, requireCreate } from './names.ts';
import { TableBuilder } from './table-builder.ts';
import { currentUndo } from './undo.ts';

/** Temporary objects have negative ids, as in tempdb. */
let lastTemporaryId = -1_000_000_000;

export function createTable(session: SessionState, frame: Frame, statement: ast.CreateTable): void {
  const name = statement.name[statement.name.length - 1]!;
  if (name.startsWith('#')) {
    createTemporaryTable(session, frame, name, statement.body);
    return;
  }
  const target = newObjectName(session, statement.name);
  requireCreate(session, 'CREATE TABLE', target);
  refuseDuplicate(target);
  const table = buildTable(
    session,
    target.database,
    { name: target.name, schema: target.schema.name, lifetime: 'permanent' },
    statement.body,
  );
  addTable(session, target.database, table);
}

/** Adds a table to the database, locked until the transaction ends. */
export function addTable(session: SessionState, database: Database, table: MemoryTable): void {
  const undo = currentUndo(session);
  undo.log(database.add(table));
  undo.lock(table);
}

function createTemporaryTable(session: SessionState, frame: Frame, name: string, body: ast.TableBody): MemoryTable {
  if (name.startsWith('##')) throw notSupported('global temporary tables');
  refuseTemporary(frame, name);
  const table = buildTable(session, session.database, { name, schema: 'dbo', lifetime: 'temporary' }, body);
  addTemporaryTable(session, frame, table);
  return table;
}

export function refuseTemporary(frame: Frame, name: string): void {
  if (frame.temporaryTables.has(name.toLowerCase())) {
    throw new SqlError(2714, `There is already an object named '${name}' in the database.`, 16, 6);
  }
}

export function addTemporaryTable(session: SessionState, frame: Frame, table: MemoryTable): void {
  const key = table.name.toLowerCase();
  frame.temporaryTables.set(key, table);
  session.planVersion++;
  currentUndo(session).log(() => {
    frame.temporaryTables.delete(key);
    session.planVersion++;
  });
}

export const createTableVariable = (
  session: SessionState,
  _frame: Frame,
  name: string,
  body: ast.TableBody,
): MemoryTable => buildTable(session, session.database, { name, schema: 'dbo', lifetime: 'variable' }, body);

export interface TableIdentity {
  readonly name: string;
  readonly schema: string;
  readonly lifetime: StoredTable['lifetime'];
}

export function newMemoryTable(
  session: SessionState,
  database: Database,
  identity: TableIdentity,
  shape: TableShape,
): MemoryTable {
  const objectId = identity.lifetime === 'permanent' ? database.newObjectId() : --lastTemporaryId;
  const context = tableContext(session, database, identity.schema);
  return new MemoryTable({ ...identity, objectId, created: nowTicks() }, shape, indexFilter(session, context));
}

function buildTable(
  session: SessionState,
  database: Database,
  identity: TableIdentity,
  body: ast.TableBody,
): MemoryTable {
  const context = tableContext(session, database, identity.schema);
  const builder = new TableBuilder(session, database, identity.name, context);
  let columnId = 0;
  builder.add(body, () => ++columnId);
  const { columns, indexes, checks } = builder;
  const table = newMemoryTable(session, database, identity, { columns, indexes, checks, foreignKeys: [] });
  // SQL Server ignores foreign keys of temporary tables and sends a message.
  if (builder.pendingForeignKeys.length === 0 || identity.lifetime !== 'permanent') return table;
  const foreignKeys = [];
  for (const pending of builder.pendingForeignKeys) {
    foreignKeys.push(resolveForeignKey(context, table, pending));
    table.setShape({ columns, indexes, checks, foreignKeys });
  }
  return table;
}

function indexFilter(session: SessionState, context: ExecutionContext): IndexFilter {
  return (index, table) => {
    if (!index.filter) return undefined;
    const predicate = compilePredicate(index.filter.predicate, context, table.columns);
    return row => predicate.evaluate(row.values, session.ticker) === true;
  };
}
