import type { Database } from '../storage/database.ts';
import { ExecutionContext } from './execution-context.ts';
import type { Frame } from './frame.ts';
import { predicateScope } from './name-scope.ts';
import type { SessionState } from './session-state.ts';

/** How names are resolved in the code that a frame executes. */
export function frameContext(session: SessionState, frame: Frame): ExecutionContext {
  const module = frame.kind === 'dynamic' ? undefined : frame.module;
  return new ExecutionContext(session, {
    database: session.database,
    defaultSchema: module?.schema ?? session.security.principal.defaultSchema ?? 'dbo',
    chainOwner: module?.ownerId,
    frame,
  });
}

/** Names in a table's own expressions are looked up without variables. */
export const tableContext = (session: SessionState, database: Database, schema: string): ExecutionContext =>
  new ExecutionContext(session, {
    database,
    defaultSchema: schema,
    chainOwner: database.schema(schema)?.principalId,
    frame: undefined,
  });

/** How names are resolved in the predicates of a row-level security policy. */
export const predicateContext = (session: SessionState, database: Database): ExecutionContext =>
  new ExecutionContext(session, predicateScope(database));
