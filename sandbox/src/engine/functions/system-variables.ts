import type { BoundExpression } from '../contracts.ts';
import { notSupported } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { INT, SMALLINT, SYSNAME, TINYINT, decimal, nvarchar } from '../types.ts';
import type { FunctionContext, SessionFacts } from './context.ts';
import { dynamic } from './definition.ts';

interface Variable {
  readonly type: SqlType;
  read(session: SessionFacts, context: FunctionContext): Value;
}

const on = (type: SqlType, read: Variable['read']): Variable => ({ type, read });
function property(context: FunctionContext, name: string): Value {
  const found = context.metadata.serverProperty(name);
  return found === null ? null : found.value;
}

const VARIABLES: Readonly<Record<string, Variable>> = {
  '@@ROWCOUNT': on(INT, s => Number(s.rowCount())),
  '@@ERROR': on(INT, s => s.lastError()),
  '@@IDENTITY': on(decimal(38, 0), s => s.lastIdentity()),
  '@@TRANCOUNT': on(INT, s => s.transactionCount()),
  '@@SPID': on(SMALLINT, s => s.spid),
  '@@NESTLEVEL': on(INT, s => s.nestLevel()),
  '@@PROCID': on(INT, s => s.procedureId()),
  '@@DATEFIRST': on(TINYINT, s => s.dateFirst()),
  '@@LANGUAGE': on(SYSNAME, s => s.language()),
  '@@LANGID': on(SMALLINT, () => 0),
  '@@LOCK_TIMEOUT': on(INT, s => s.lockTimeout()),
  '@@OPTIONS': on(INT, s => s.options()),
  '@@TEXTSIZE': on(INT, s => s.textSize()),
  '@@MAX_PRECISION': on(TINYINT, () => 38),
  '@@MAX_CONNECTIONS': on(INT, () => 32767),
  '@@SERVERNAME': on(SYSNAME, (_, c) => property(c, 'ServerName')),
  '@@SERVICENAME': on(SYSNAME, () => 'MSSQLSERVER'),
  '@@VERSION': on(
    nvarchar(300),
    (_, c) =>
      `Microsoft SQL Server 2022 (RTM) - ${String(property(c, 'ProductVersion'))} (X64) \n\tT-SQL sandbox, an embedded server for tests\n\t${String(property(c, 'Edition'))}`,
  ),
  '@@MICROSOFTVERSION': on(INT, () => 0x10000000),
  '@@REMSERVER': on(SYSNAME, () => null),
};

const REFUSED = new Set([
  '@@FETCH_STATUS',
  '@@CURSOR_ROWS',
  '@@DBTS',
  '@@TIMETICKS',
  '@@CONNECTIONS',
  '@@CPU_BUSY',
  '@@IDLE',
  '@@IO_BUSY',
  '@@PACK_RECEIVED',
  '@@PACK_SENT',
  '@@PACKET_ERRORS',
  '@@TOTAL_ERRORS',
  '@@TOTAL_READ',
  '@@TOTAL_WRITE',
]);

/** Binds `@@ROWCOUNT` and similar variables (the name includes both @); undefined for an unknown one. */
export function bindSystemVariable(name: string, context: FunctionContext): BoundExpression | undefined {
  const upper = name.toUpperCase();
  const variable = VARIABLES[upper];
  if (!variable) {
    if (REFUSED.has(upper)) throw notSupported(upper);
    return undefined;
  }
  return dynamic(variable.type, [], () => variable.read(context.session, context));
}
