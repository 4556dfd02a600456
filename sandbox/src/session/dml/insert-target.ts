import { compileDmlSource } from '../../engine/query/compile-query.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { SessionState } from '../session-state.ts';
import { stored } from '../statement-runner.ts';
import { invalidColumn, refuseDuplicates, requireWritable } from './target-columns.ts';

export interface InsertTarget {
  readonly database: Database;
  readonly table: MemoryTable;
  /** The target columns, in the order of the values. */
  readonly ordinals: readonly number[];
  readonly explicitColumns: boolean;
}

/** The table and columns that INSERT or OUTPUT INTO write, also through a simple view. */
export function resolveInsertTarget(
  session: SessionState,
  context: ExecutionContext,
  name: ast.ObjectName,
  columns: readonly string[] | undefined,
  line: number,
): InsertTarget {
  const source = context.resolveSource(name);
  const last = name[name.length - 1]!;
  if (!source) {
    if (last.startsWith('@')) throw new SqlError(1087, `Must declare the table variable "${last}".`, 15, 2);
    throw new SqlError(208, `Invalid object name '${name.join('.')}'.`, 16, 1, line);
  }
  if (source.kind === 'virtual') throw new SqlError(259, 'Ad hoc updates to system catalogs are not allowed.');
  if (source.kind !== 'table' || source.table.lifetime === 'permanent') context.checkPermission('INSERT', source);
  const { database } = last.startsWith('@') || last.startsWith('#') ? context.scope : context.objectName(name);
  if (source.kind === 'view') return throughView(context, database, name, source, columns, line);
  const table = stored(source.table);
  if (!columns) return { database, table, ordinals: withoutList(session, table), explicitColumns: false };
  const ordinals = columns.map(column => {
    const ordinal = table.ordinalOf(column);
    if (ordinal < 0) throw invalidColumn(column);
    requireWritable(table.columns[ordinal]!, 'INSERT');
    return ordinal;
  });
  refuseDuplicates(ordinals, table.columns);
  return { database, table, ordinals, explicitColumns: true };
}

/** Every column except identity, computed and rowversion columns. */
function withoutList(session: SessionState, table: MemoryTable): number[] {
  if (session.identityInsert === table && table.columns.some(column => column.identity)) throw identityNeedsList(table);
  return table.columns.flatMap((column, i) =>
    column.identity || column.computed || column.type.name === 'rowversion' ? [] : [i],
  );
}

export const identityNeedsList = (table: MemoryTable): SqlError =>
  new SqlError(
    8101,
    `An explicit value for the identity column in table '${table.name}' can only be specified when a column list is used and IDENTITY_INSERT is ON.`,
  );

function throughView(
  context: ExecutionContext,
  database: Database,
  name: ast.ObjectName,
  view: { readonly objectId: number; readonly name: string },
  columns: readonly string[] | undefined,
  line: number,
): InsertTarget {
  const definition = database.objectById(view.objectId);
  if (definition?.kind !== 'view') throw new SqlError(208, `Invalid object name '${name.join('.')}'.`, 16, 1, line);
  if (definition.checkOption) throw notSupported('INSERT into a view WITH CHECK OPTION', line);
  const source = compileDmlSource(
    { ctes: [], target: { line, name, hints: [] }, from: [], where: undefined, hints: [] },
    context.withoutReading(view.objectId),
  );
  const table = stored(source.table);
  const names = columns ?? definition.columns.map(column => column.name);
  const ordinals = names.map(column => {
    const ordinal = source.targetColumn(column);
    if (ordinal < 0) throw invalidColumn(column);
    requireWritable(table.columns[ordinal]!, 'INSERT');
    return ordinal;
  });
  refuseDuplicates(ordinals, table.columns);
  return { database, table, ordinals, explicitColumns: columns !== undefined };
}
