import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import { frameContext } from '../contexts.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { objectNotFound } from './names.ts';

export function tableToAlter(
  session: SessionState,
  frame: Frame,
  name: ast.ObjectName,
  notFound: number,
): { database: Database; table: MemoryTable } {
  const context = frameContext(session, frame);
  const local = context.localTable(name[name.length - 1]!);
  if (local) return { database: session.database, table: local };
  const target = context.objectName(name);
  const object = context.find(target);
  if (object?.kind !== 'table') throw objectNotFound(name, notFound);
  if (!session.securityIn(target.database).has('ALTER', object))
    throw objectNotFound(name, notFound === 4902 ? 1088 : notFound);
  return { database: target.database, table: object as MemoryTable };
}
