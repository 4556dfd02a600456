import { toDisplayString } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import type * as ast from '../../parser/ast.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { IndexDefinition } from '../../storage/table.ts';
import { tableContext } from '../contexts.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { TableBuilder } from './table-builder.ts';
import { tableToAlter } from './table-to-alter.ts';
import { currentUndo } from './undo.ts';

export function createIndex(session: SessionState, frame: Frame, statement: ast.CreateIndex): void {
  const { database, table } = tableToAlter(session, frame, statement.table, 1088);
  const context = tableContext(session, database, table.schema);
  const builder = TableBuilder.of(new TableBuilder(session, database, table.name, context), table.shape);
  builder.index(statement);
  const index = builder.indexes[builder.indexes.length - 1]!;
  const undo = currentUndo(session);
  undo.lock(table);
  if (index.unique) {
    const key = table.findDuplicate(index);
    if (key) {
      throw new SqlError(
        1505,
        `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table.schema}.${table.name}' and the index name '${index.name}'. The duplicate key value is (${keyOfDuplicate(table, index, key)}).`,
      );
    }
  }
  undo.log(table.snapshot());
  table.setShape({ ...table.shape, indexes: builder.indexes });
  database.version++;
  session.planVersion++;
}

export function dropIndexes(session: SessionState, frame: Frame, statement: ast.DropIndex): void {
  for (const item of statement.indexes) {
    const shown = `${item.table.join('.')}.${item.name}`;
    const missing = new SqlError(
      3701,
      `Cannot drop the index '${shown}', because it does not exist or you do not have permission.`,
      11,
      7,
    );
    let found: ReturnType<typeof tableToAlter>;
    try {
      found = tableToAlter(session, frame, item.table, 4902);
    } catch (error) {
      if (statement.ifExists && error instanceof SqlError) continue;
      throw missing;
    }
    const { database, table } = found;
    const index = table.indexes.find(candidate => candidate.name.toLowerCase() === item.name.toLowerCase());
    if (!index) {
      if (statement.ifExists) continue;
      throw missing;
    }
    if (index.constraint) {
      throw new SqlError(
        3723,
        `An explicit DROP INDEX is not allowed on index '${shown}'. It is being used for ${index.constraint} constraint enforcement.`,
        16,
        4,
      );
    }
    const user = database.referencingKeys(table).find(({ key }) => key.referencedIndexId === index.indexId);
    if (user)
      throw new SqlError(
        3723,
        `An explicit DROP INDEX is not allowed on index '${shown}'. It is being used for FOREIGN KEY constraint enforcement.`,
        16,
        6,
      );
    const undo = currentUndo(session);
    undo.lock(table);
    undo.log(table.snapshot());
    table.setShape({ ...table.shape, indexes: table.indexes.filter(other => other !== index) });
    database.version++;
    session.planVersion++;
  }
}

export function keyOfDuplicate(table: MemoryTable, index: IndexDefinition, key: readonly Value[]): string {
  return key
    .map((value, i) => (value === null ? '<NULL>' : toDisplayString(value, table.columns[index.key[i]!.ordinal]!.type)))
    .join(', ');
}
