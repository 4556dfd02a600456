import { PAUSE, type ResultColumn, type Steps } from '../../engine/contracts.ts';
import type { CompiledQuery } from '../../engine/query/compiled-query.ts';
import { SqlError, notSupported } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import type { ColumnDefinition } from '../../storage/table.ts';
import { finish } from '../finish.ts';
import type { Frame } from '../frame.ts';
import { isRow } from '../row.ts';
import type { SessionState } from '../session-state.ts';
import { atomically, prepareReads } from '../statement-runner.ts';
import { addTable, addTemporaryTable, newMemoryTable, refuseTemporary, type TableIdentity } from './create-table.ts';
import { newObjectName, refuseDuplicate, requireCreate } from './names.ts';

/** SELECT … INTO: a new table with the columns of the result, filled with its rows. */
export function* selectInto(session: SessionState, frame: Frame, plan: CompiledQuery, name: readonly string[]): Steps {
  const last = name[name.length - 1]!;
  const temporary = last.startsWith('#');
  if (last.startsWith('##')) throw notSupported('global temporary tables');
  const columns = plan.columns.map((column, i) => columnOf(column, i, plan.columns));
  const count = yield* atomically(session, { writes: true }, function* (transaction) {
    const target = temporary ? undefined : newObjectName(session, name);
    if (target) {
      requireCreate(session, 'CREATE TABLE', target);
      refuseDuplicate(target);
    } else refuseTemporary(frame, last);
    const database = target?.database ?? session.database;
    const identity: TableIdentity = target
      ? { name: target.name, schema: target.schema.name, lifetime: 'permanent' }
      : { name: last, schema: 'dbo', lifetime: 'temporary' };
    prepareReads(session, plan.reads, transaction);
    const rows: (readonly Value[])[] = [];
    const limit = session.options.rowLimit || Infinity;
    for (const row of plan.run(null, session.ticker)) {
      if (!isRow(row)) yield row;
      else if (rows.push(row) >= limit) break;
    }
    const table = newMemoryTable(session, database, identity, {
      columns: columns.map(column => ({ ...column, ...(column.identity ? { identity: { ...column.identity } } : {}) })),
      indexes: [],
      checks: [],
      foreignKeys: [],
    });
    const at = table.columns.findIndex(column => column.identity);
    for (const row of rows) {
      if (session.ticker.tick()) yield PAUSE;
      table.insert([...row], transaction);
      const identityColumn = table.columns[at]?.identity;
      if (identityColumn) identityColumn.last = largest(identityColumn.last, row[at]!);
    }
    if (target) addTable(session, database, table);
    else addTemporaryTable(session, frame, table);
    return rows.length;
  });
  finish(session, frame, count, 'dml');
}

function largest(last: bigint | null, value: Value): bigint {
  const next = BigInt(value as number | bigint);
  return last === null || next > last ? next : last;
}

function columnOf(column: ResultColumn, i: number, all: readonly ResultColumn[]): ColumnDefinition {
  if (column.name === '') {
    throw new SqlError(
      1038,
      'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
      15,
      5,
    );
  }
  if (all.findIndex(other => other.name.toLowerCase() === column.name.toLowerCase()) !== i) {
    throw new SqlError(
      2705,
      `Column names in each table must be unique. Column name '${column.name}' in table 'INTO' is specified more than once.`,
      16,
      3,
    );
  }
  const { untypedNull: _untyped, ...type } = column.type;
  return {
    name: column.name,
    columnId: i + 1,
    type,
    nullable: column.nullable,
    ...(column.identity ? { identity: { seed: 1n, increment: 1n, last: null } } : {}),
  };
}
