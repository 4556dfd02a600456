import { notSupported, SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { createTableVariable } from './create-table.ts';
import { newObjectName, requireCreate } from './names.ts';
import { currentUndo } from './undo.ts';

/** CREATE TYPE … FROM: another name for a built-in type; AS TABLE: the shape of table variables and parameters. */
export function createType(session: SessionState, statement: ast.CreateType): void {
  const target = newObjectName(session, statement.name);
  requireCreate(session, 'CREATE TYPE', target);
  if (target.database.type(target.schema.name, target.name)) {
    throw new SqlError(219, `The type '${target.name}' already exists, or you do not have permission to create it.`);
  }
  const { base, table: body } = statement;
  const type = base === undefined ? undefined : resolveDeclaredType(base, target.database, target.schema.name).type;
  const table = body === undefined ? undefined : createTableVariable(session, session.frame, target.name, body);
  const identity = table?.columns.find(column => column.identity ?? column.computed);
  if (identity) throw notSupported('identity and computed columns of table types', statement.line);
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
      ...(type === undefined ? {} : { base: type }),
      nullable: statement.nullable ?? true,
      ...(table === undefined || body === undefined ? {} : { table, body }),
    }),
  );
}
