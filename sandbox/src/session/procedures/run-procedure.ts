import type { Steps } from '../../engine/contracts.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import { SYSNAME } from '../../engine/types.ts';
import { frameContext } from '../contexts.ts';
import type { Database } from '../../storage/database.ts';
import type { SessionState } from '../session-state.ts';
import { changeMembership } from '../ddl/principals.ts';
import { callProcedure } from '../routines.ts';
import { atomically } from '../statement-runner.ts';
import { executeSql } from './execute-sql.ts';
import { addExtendedProperty, dropExtendedProperty, updateExtendedProperty } from './extended-properties.ts';
import { executePrepared, prepare, prepareAndExecute, unprepare } from './prepared.ts';
import { matchArguments, type BuiltInProcedure, type ProcedureCall } from './procedure-call.ts';
import { setSessionContext } from './session-context.ts';

/** sp_addrolemember @rolename, @membername; sp_droprolemember. */
const membership = (action: 'add' | 'drop'): BuiltInProcedure =>
  function* (call) {
    const [role, member] = matchArguments(call, [
      { name: '@rolename', type: SYSNAME, required: true },
      { name: '@membername', type: SYSNAME, required: true },
    ]);
    // eslint-disable-next-line require-yield -- the type of a procedure is a generator
    yield* atomically(call.session, { writes: true }, function* () {
      changeMembership(call.session, String(role), String(member), action);
    });
    return 0;
  };

// eslint-disable-next-line require-yield -- the type of a procedure is a generator
const resetConnection: BuiltInProcedure = function* (call) {
  call.session.reset(false);
  return 0;
};

const BUILT_IN: ReadonlyMap<string, BuiltInProcedure> = new Map([
  ['sp_executesql', executeSql],
  ['sp_prepare', prepare],
  ['sp_execute', executePrepared],
  ['sp_prepexec', prepareAndExecute],
  ['sp_unprepare', unprepare],
  ['sp_set_session_context', setSessionContext],
  ['sp_addextendedproperty', addExtendedProperty],
  ['sp_updateextendedproperty', updateExtendedProperty],
  ['sp_dropextendedproperty', dropExtendedProperty],
  ['sp_addrolemember', membership('add')],
  ['sp_droprolemember', membership('drop')],
  ['sp_reset_connection', resetConnection],
]);

/** System procedures of SQL Server that the sandbox refuses by name. */
const REFUSED = ['sp_rename', 'sp_getapplock', 'sp_releaseapplock', 'sp_addmessage', 'sp_configure', 'xp_cmdshell'];

/** The database that a name of three parts begins with. Throws 911 and 916. */
function databaseOf(session: SessionState, name: readonly string[]): { readonly database?: Database } {
  const wanted = name[name.length - 3] || undefined;
  if (wanted === undefined) return {};
  const database = session.server.database(wanted);
  if (!database)
    throw new SqlError(911, `Database '${wanted}' does not exist. Make sure that the name is entered correctly.`);
  session.securityIn(database);
  return { database };
}

/** Finds a procedure by name and runs it to its return status. */
export function* runProcedure(call: ProcedureCall, name: readonly string[]): Steps<number> {
  const { session, frame } = call;
  const last = name[name.length - 1]!;
  const schema = name[name.length - 2] || undefined;
  const system = schema === undefined || ['sys', 'dbo'].includes(schema.toLowerCase());
  const builtIn = system ? BUILT_IN.get(last.toLowerCase()) : undefined;
  if (builtIn) return yield* builtIn({ ...call, name: last, ...databaseOf(session, name) });
  if (system && REFUSED.includes(last.toLowerCase())) throw notSupported(`the procedure ${last}`, call.line);
  const context = frameContext(session, frame);
  const target = context.objectName(name);
  const object = context.find(target);
  if (object?.kind === 'procedure') {
    context.checkPermission('EXECUTE', object);
    return yield* callProcedure({ ...call, name: object.name }, object);
  }
  const procedure = session.catalog?.procedure(schema, last);
  if (!procedure) throw new SqlError(2812, `Could not find stored procedure '${name.join('.')}'.`, 16, 62);
  const sets = procedure.run(call.args, session.catalogSession(target.database));
  for (const set of sets) {
    call.sink.columns(set.columns);
    let count = 0;
    for (const row of set.rows) {
      count++;
      if (call.sink.row(row)) yield call.sink.drained;
    }
    session.rowCount = count;
    call.sink.done(session.options.isOn('NOCOUNT') ? null : count, { kind: 'select' });
  }
  return 0;
}
