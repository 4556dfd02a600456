import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { newObjectName, requireCreate } from './names.ts';
import { currentUndo } from './undo.ts';

/** CREATE TYPE … FROM: another name for a built-in type. */
export function createType(session: SessionState, statement: ast.CreateType): void {
  const target = newObjectName(session, statement.name);
  requireCreate(session, 'CREATE TYPE', target);
  if (target.database.type(target.schema.name, target.name)) {
    throw new SqlError(219, `The type '${target.name}' already exists, or you do not have permission to create it.`);
  }
  const { type } = resolveDeclaredType(statement.base, target.database, target.schema.name);
  const now = nowTicks();
  currentUndo(session).log(
    target.database.add({
      kind: 'type',
      objectId: target.database.newObjectId(),
      schema: target.schema.name,
      name: target.name,
      created: now,
      modified: now,
      userTypeId: target.database.newUserTypeId(),
      base: type,
      nullable: statement.nullable ?? true,
    }),
  );
}
