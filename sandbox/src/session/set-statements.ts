import type { Steps } from '../engine/contracts.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import { varbinary } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import { frameContext } from './contexts.ts';
import { evaluate, evaluateAs } from './evaluate.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';
import { isSwitch, type Switch } from './set-options.ts';
import { stored } from './statement-runner.ts';

/** Switches with one supported setting: the other would change results in ways that the sandbox does not implement. */
const ONLY_OFF = new Set<Switch>([
  'IMPLICIT_TRANSACTIONS',
  'NUMERIC_ROUNDABORT',
  'CURSOR_CLOSE_ON_COMMIT',
  'ARITHIGNORE',
]);
/** These are OFF after a login without ODBC, but SET must not switch them OFF. */
const ONLY_ON = new Set<Switch>([
  'ANSI_NULLS',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'CONCAT_NULL_YIELDS_NULL',
  'QUOTED_IDENTIFIER',
]);

/** These are always OFF; they only show plans or measure. */
const REPORTS = [
  'SHOWPLAN_ALL',
  'SHOWPLAN_TEXT',
  'STATISTICS IO',
  'STATISTICS TIME',
  'STATISTICS PROFILE',
  'NOEXEC',
  'PARSEONLY',
  'FMTONLY',
  'FORCEPLAN',
  'REMOTE_PROC_TRANSACTIONS',
];

export function setSwitch(session: SessionState, statement: ast.SetSwitch): void {
  const { options } = session;
  for (const name of statement.options) {
    if (name === 'ANSI_DEFAULTS') {
      if (!statement.on) throw notSupported('SET ANSI_DEFAULTS OFF', statement.line);
      throw notSupported('SET ANSI_DEFAULTS ON, for it implies IMPLICIT_TRANSACTIONS', statement.line);
    }
    if (name === 'SHOWPLAN_XML') {
      options.showPlan = statement.on && !session.ignoresShowPlan;
      continue;
    }
    if (name === 'STATISTICS XML') {
      options.statisticsXml = statement.on;
      continue;
    }
    if (!isSwitch(name)) {
      if (REPORTS.includes(name) && !statement.on) continue;
      throw notSupported(`SET ${name} ${statement.on ? 'ON' : 'OFF'}`, statement.line);
    }
    if (statement.on ? ONLY_OFF.has(name) : ONLY_ON.has(name)) {
      throw notSupported(`SET ${name} ${statement.on ? 'ON' : 'OFF'}`, statement.line);
    }
    options.set(name, statement.on);
  }
  session.planVersion++;
}

const PRIORITIES = new Map([
  ['LOW', -5],
  ['NORMAL', 0],
  ['HIGH', 5],
]);

export function* setValue(session: SessionState, frame: Frame, statement: ast.SetValue): Steps {
  const { options } = session;
  const { option } = statement;
  if (option === 'CONTEXT_INFO') {
    session.contextInfo = (yield* evaluateAs(
      session,
      frame,
      statement,
      statement.value,
      varbinary(128),
    )) as Uint8Array | null;
    return;
  }
  const { value } = yield* evaluate(session, frame, statement, statement.value);
  switch (option) {
    case 'DATEFIRST':
      options.dateFirst = integer(option, value, 1, 7);
      break;
    case 'TEXTSIZE':
      options.setTextSize(integer(option, value, -1, 2_147_483_647));
      break;
    case 'LOCK_TIMEOUT':
      options.lockTimeout = integer(option, value, -1, 2_147_483_647);
      break;
    case 'QUERY_GOVERNOR_COST_LIMIT':
      options.costLimit = integer(option, value, -2_147_483_648, 2_147_483_647);
      break;
    case 'ROWCOUNT':
      options.rowLimit = integer(option, value, 0, 2_147_483_647);
      break;
    case 'DEADLOCK_PRIORITY':
      options.deadlockPriority = PRIORITIES.get(String(value).toUpperCase()) ?? integer(option, value, -10, 10);
      break;
    case 'DATEFORMAT':
      if (String(value).toLowerCase() !== 'mdy') throw notSupported(`SET DATEFORMAT ${String(value)}`, statement.line);
      break;
    case 'LANGUAGE':
      setLanguage(session, String(value), statement.line);
      break;
    default:
      throw notSupported(`SET ${option}`, statement.line);
  }
  session.planVersion++;
}

function setLanguage(session: SessionState, name: string, line: number): void {
  if (!['us_english', 'english'].includes(name.toLowerCase())) throw notSupported(`SET LANGUAGE ${name}`, line);
  session.options.dateFirst = 7;
}

function integer(option: string, value: Value, minimum: number, maximum: number): number {
  const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (Number.isInteger(number) && number >= minimum && number <= maximum) return number;
  if (option === 'DATEFIRST')
    throw new SqlError(2744, `SET DATEFIRST ${String(value)}: the parameter must be from 1 to 7.`);
  throw new SqlError(1020, `SET ${option}: the value ${String(value)} is out of range.`, 15);
}

export function setIdentityInsert(session: SessionState, frame: Frame, statement: ast.SetIdentityInsert): void {
  const source = frameContext(session, frame).resolveSource(statement.table);
  if (source?.kind !== 'table') {
    throw new SqlError(
      1088,
      `Cannot find the object "${statement.table.join('.')}" because it does not exist or you do not have permissions.`,
      16,
      11,
    );
  }
  const table: MemoryTable = stored(source.table);
  const shown = `${session.database.name}.${table.schema}.${table.name}`;
  if (!table.columns.some(column => column.identity)) {
    throw new SqlError(
      8106,
      `Table '${shown}' does not have the identity property. Cannot perform SET operation.`,
      16,
      1,
    );
  }
  const open = session.identityInsert;
  if (!statement.on) {
    if (open === table) session.identityInsert = undefined;
    return;
  }
  if (open && open !== table) {
    throw new SqlError(
      8107,
      `IDENTITY_INSERT is already ON for table '${session.database.name}.${open.schema}.${open.name}'. Cannot perform SET operation for table '${shown}'.`,
    );
  }
  session.identityInsert = table;
}
