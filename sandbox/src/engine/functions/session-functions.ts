import type { BoundExpression, ServerMessage } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { BIGINT, INT, SMALLINT, SQL_VARIANT, SYSNAME, decimal, isString, nvarchar, varbinary } from '../types.ts';
import type { SessionFacts } from './context.ts';
import {
  argument,
  define,
  dynamic,
  int,
  invalidArgument,
  text,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';

/** A function without arguments that asks the session. */
const fact = (type: SqlType, read: (session: SessionFacts) => Value): FunctionDefinition =>
  define(0, 0, call => dynamic(type, [], () => read(call.context.session)));

/** ERROR_…(): NULL outside a CATCH block. */
const caught = (type: SqlType, read: (e: ServerMessage) => Value): FunctionDefinition =>
  fact(type, s => {
    const e = s.caughtError();
    return e === null ? null : read(e);
  });

function sessionContext(call: Call): BoundExpression {
  const key = argument(call, 0);
  if (!isString(key.type)) throw invalidArgument(call, 0, key.type);
  return dynamic(SQL_VARIANT, [castExpression(key, nvarchar(128))], k =>
    k === null ? null : call.context.session.sessionContext(k as string),
  );
}

/** USER_NAME(id) and SUSER_SNAME(sid) look up others; without an argument they name the caller. */
function userName(call: Call): BoundExpression {
  const { session, metadata } = call.context;
  if (call.args.length === 0) return dynamic(SYSNAME, [], () => session.userName());
  return dynamic(SYSNAME, [int(call, 0)], id => (id === null ? null : metadata.databasePrincipalName(id as number)));
}

function loginName(call: Call): BoundExpression {
  const { session, metadata } = call.context;
  if (call.args.length === 0) return dynamic(SYSNAME, [], () => session.loginName());
  const sid = castExpression(argument(call, 0), varbinary(85), { implicit: true });
  return dynamic(SYSNAME, [sid], v => (v === null ? null : metadata.loginName(v as Uint8Array)));
}

export const SESSION_FUNCTIONS: FunctionTable = {
  SESSION_CONTEXT: define(1, 1, sessionContext),
  CHANGE_TRACKING_CURRENT_VERSION: fact(BIGINT, s => s.changeVersion()),
  CONTEXT_INFO: fact(varbinary(128), s => s.contextInfo()),
  USER_NAME: define(0, 1, userName),
  USER: fact(SYSNAME, s => s.userName()),
  CURRENT_USER: fact(SYSNAME, s => s.userName()),
  SESSION_USER: fact(SYSNAME, s => s.userName()),
  SYSTEM_USER: fact(SYSNAME, s => s.loginName()),
  SUSER_SNAME: define(0, 1, loginName),
  SUSER_NAME: define(0, 1, call =>
    call.args.length === 0
      ? dynamic(SYSNAME, [], () => call.context.session.loginName())
      : dynamic(SYSNAME, [int(call, 0)], id =>
          id === call.context.metadata.loginId() ? call.context.session.loginName() : null,
        ),
  ),
  ORIGINAL_LOGIN: fact(SYSNAME, s => s.originalLogin()),
  HOST_NAME: fact(SYSNAME, s => s.hostName()),
  APP_NAME: fact(SYSNAME, s => s.applicationName()),
  PROGRAM_NAME: fact(SYSNAME, s => s.applicationName()),
  XACT_STATE: fact(SMALLINT, s => s.transactionState()),
  CURRENT_TRANSACTION_ID: fact(BIGINT, s => s.transactionId()),
  SCOPE_IDENTITY: fact(decimal(38, 0), s => s.scopeIdentity()),
  ROWCOUNT_BIG: fact(BIGINT, s => s.rowCount()),
  ERROR_NUMBER: caught(INT, e => e.number),
  ERROR_MESSAGE: caught(nvarchar(4000), e => e.message),
  ERROR_SEVERITY: caught(INT, e => e.severity),
  ERROR_STATE: caught(INT, e => e.state),
  ERROR_LINE: caught(INT, e => e.line),
  ERROR_PROCEDURE: caught(SYSNAME, e => (e.procedure === '' ? null : e.procedure)),
  CONNECTIONPROPERTY: define(1, 1, call =>
    dynamic(SQL_VARIANT, [text(call, 0)], name =>
      name === null ? null : call.context.session.connectionProperty(name as string),
    ),
  ),
  GETANSINULL: define(0, 1, () => dynamic(INT, [], () => 1)),
  HOST_ID: define(0, 0, () => dynamic({ name: 'char', length: 10 }, [], () => String(process.pid).padEnd(10))),
};
