import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import type { SessionState } from '../session-state.ts';
import { newObjectName, refuseDuplicate, requireCreate } from './names.ts';
import { currentUndo } from './undo.ts';

/** The target is looked up when the synonym is used; it need not exist (learn.microsoft.com: CREATE SYNONYM). */
export function createSynonym(session: SessionState, statement: ast.CreateSynonym): void {
  const target = newObjectName(session, statement.name);
  requireCreate(session, 'CREATE SYNONYM', target);
  refuseDuplicate(target);
  const now = nowTicks();
  const synonym = {
    kind: 'synonym',
    objectId: target.database.newObjectId(),
    schema: target.schema.name,
    name: target.name,
    created: now,
    modified: now,
    target: statement.target,
  } as const;
  currentUndo(session).log(target.database.add(synonym));
  session.planVersion++;
}
