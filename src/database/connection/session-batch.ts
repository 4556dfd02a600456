import type { Principal } from '../../common/principal.js';
import type { SessionClaim, SessionReuse } from '../driver/pooled-session.js';
import { type Rpc, START_MARK } from '../driver/session-request.js';
import { declarationOf, nvarchar, type RpcParameter, type TypedParameter } from '../driver/parameters.js';
import { quoteName } from '../object-name.js';

/** Runs before a write in a batch of its own, so that its settings and its transaction remain. */
export const beginWrite = (settings: string): string => `${settings}BEGIN TRANSACTION;`;
/** The number of our own error; authors of databases use those from 50000 on. */
export const TRANSACTION_ENDED = 2_000_000_001;
/** Commits the transaction only if it is still the one that we began. */
export const COMMIT_WRITE = `IF @@TRANCOUNT <> 1 THROW ${TRANSACTION_ENDED}, 'The statement ended its transaction by itself.', 1;
COMMIT TRANSACTION;`;
export const ROLLBACK_WRITE = 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;';

/** What a server can do around a statement. */
export interface ServerCapabilities {
  /** The settings of ours that the server knows, as one batch: before a read, and before a change. */
  readonly settings: string;
  readonly writeSettings: string;
  /** sp_set_session_context with read-only keys: without it row-level security can't tell callers apart. */
  readonly sessionContext: boolean;
  /** A reset clears the read-only keys of the session context; otherwise each change of person needs a new connection. */
  readonly resetsContext: boolean;
  readonly transactions: boolean;
  /** sp_executesql within a batch. */
  readonly nested: boolean;
  /** PRINT, by which the beginning of the caller's statement is recognised. */
  readonly print: boolean;
  /** The largest estimated cost that the call's statements may have, where the server honours a limit. */
  readonly costLimit?: number;
}

/**
 * The SET statement of the cost limit. It is in the batch of each statement: sp_executesql restores the option at its end
 * (learn.microsoft.com: SET Statements), so the limit applies to the nested statement and never to a later call.
 */
function costGuard({ costLimit }: ServerCapabilities): string {
  return costLimit === undefined ? '' : `SET QUERY_GOVERNOR_COST_LIMIT ${costLimit};\n`;
}

/** Stands between our own statements and the caller's. */
export const MARK = `PRINT N'${START_MARK}';\n`;

export interface SessionBatchOptions {
  readonly reuse: SessionReuse;
  readonly capabilities: ServerCapabilities;
  /** `none` for a login that can't write; `rollback` surrounds a read with a transaction that is rolled back. */
  readonly transaction: 'none' | 'rollback';
  /** The isolation level that the caller chose, as a statement, or ''. SNAPSHOT must come before the transaction. */
  readonly isolation: string;
}

/** What is sent to the server, in this order. An empty batch is not sent. */
export interface SessionBatch {
  readonly before: string;
  readonly statement: Rpc;
  readonly after: string;
}

const RESERVED_KEYS = new Set(['user_id', 'client_id', 'tenant']);

/** Callers with the same owner share a session without a reset. Without a session context nothing remains of a caller. */
export function claimOf(
  principal: Principal,
  { sessionContext, resetsContext }: ServerCapabilities,
): Pick<SessionClaim, 'owner' | 'resetsContext'> {
  return { owner: JSON.stringify(contextOf(principal)), resetsContext: resetsContext || !sessionContext };
}

/** Who is calling, for row-level security: the keys are read-only for the rest of the session. */
function contextOf(principal: Principal): readonly (readonly [string, string])[] {
  const own = Object.entries(principal.attributes).filter(([key]) => !RESERVED_KEYS.has(key.toLowerCase()));
  return [['user_id', principal.subject], ['client_id', principal.client], ['tenant', principal.tenant], ...own];
}

/**
 * One round trip: settings, session context, transaction, the caller's statement, rollback. The statement and its values
 * are parameters of a nested sp_executesql, so that line numbers in errors are the caller's. There is no TRY/CATCH,
 * because it would swallow further errors and result sets.
 */
export function readBatch(
  statement: string,
  parameters: readonly TypedParameter[],
  principal: Principal,
  { reuse, capabilities, transaction, isolation }: SessionBatchOptions,
): SessionBatch {
  const settings = (reuse === 'contextAndSettings' ? '' : capabilities.settings) + isolation;
  const begin = transaction === 'rollback' ? 'BEGIN TRANSACTION;\n' : '';
  const end = transaction === 'rollback' ? '\nIF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;' : '';
  if (!capabilities.nested)
    return { before: settings + begin, statement: flat(statement, parameters), after: end.trim() };
  const guard = costGuard(capabilities);
  if (reuse === 'contextAndSettings' && begin === '' && guard === '' && parameters.length === 0)
    return alone({ text: statement, parameters: [] });
  const context = reuse === 'none' ? contextCalls(principal, capabilities) : NO_CALLS;
  const preamble = settings + context.text + guard + begin;
  const mark = capabilities.print && preamble !== '' && begin === '' ? MARK : '';
  return alone({
    text: `${preamble}${mark}${nested(parameters)}${end}`,
    parameters: [...context.values, ...statementValues(statement, parameters)],
    start: begin !== '' ? 'transaction' : mark !== '' ? 'mark' : undefined,
  });
}

/**
 * Puts only the settings before a batch of ours, such as those that read the catalogue. With `database` it runs in that
 * database of the same server, whatever the session's own is.
 */
export function catalogBatch(
  batch: string,
  given: readonly RpcParameter[],
  { settings, print }: ServerCapabilities,
  database?: string,
): Rpc {
  const { text, parameters } =
    database === undefined ? { text: batch, parameters: given } : elsewhere(database, batch, given);
  return print
    ? { text: `${settings}${MARK}${text}`, parameters, start: 'mark' }
    : { text: settings + text, parameters };
}

/** sp_executesql runs in the database that stands before its name; the session stays in its own. */
function elsewhere(database: string, batch: string, given: readonly RpcParameter[]): Pick<Rpc, 'text' | 'parameters'> {
  const declarations = given.map(parameter => `@${parameter.name} ${declarationOf(parameter)}`).join(', ');
  const values = given.map(({ name }) => `, @${name} = @${name}`).join('');
  return {
    text: `EXEC ${quoteName(database)}.sys.sp_executesql @mcp_statement${given.length === 0 ? '' : ', @mcp_declarations'}${values};`,
    parameters: [
      { ...nvarchar('mcp_statement', batch), options: { length: Infinity } },
      ...(given.length === 0 ? [] : [nvarchar('mcp_declarations', declarations)]),
      ...given,
    ],
  };
}

/**
 * The statement of a write, inside the transaction that `beginWrite` began. The context is set once in a transaction,
 * because its keys are read-only from then on.
 */
export function writeBatch(
  statement: string,
  parameters: readonly TypedParameter[],
  principal: Principal,
  capabilities: ServerCapabilities,
  contextIsSet = false,
): Rpc {
  if (!capabilities.nested) return flat(statement, parameters);
  const guard = costGuard(capabilities);
  if (contextIsSet) return { text: guard + nested(parameters), parameters: statementValues(statement, parameters) };
  const { text, values } = contextCalls(principal, capabilities);
  const mark = capabilities.print ? MARK : '';
  return {
    text: text + guard + mark + nested(parameters),
    parameters: [...values, ...statementValues(statement, parameters)],
    ...(mark === '' ? {} : { start: 'mark' }),
  };
}

interface Calls {
  readonly text: string;
  readonly values: readonly RpcParameter[];
}
const NO_CALLS: Calls = { text: '', values: [] };

function contextCalls(principal: Principal, { sessionContext }: ServerCapabilities): Calls {
  if (!sessionContext) return NO_CALLS;
  const context = contextOf(principal);
  const calls = context.map(
    ([_key], i) => `EXEC sys.sp_set_session_context @key = @mcp_k${i}, @value = @mcp_v${i}, @read_only = 1;\n`,
  );
  return {
    text: calls.join(''),
    values: context.flatMap(([key, value], i) => [
      nvarchar(`mcp_k${i}`, key),
      nvarchar(`mcp_v${i}`, value.slice(0, 4000)),
    ]),
  };
}

/** Only the session context; undefined where the server has none. */
export function contextBatch(principal: Principal, capabilities: ServerCapabilities): Rpc | undefined {
  const { text, values } = contextCalls(principal, capabilities);
  return text === '' ? undefined : { text, parameters: values };
}

const alone = (statement: Rpc): SessionBatch => ({ before: '', statement, after: '' });

/**
 * For a server without nested sp_executesql: the types of the values are declared before the statement, on its first
 * line, so that line numbers in errors stay the caller's.
 */
function flat(statement: string, parameters: readonly TypedParameter[]): Rpc {
  if (parameters.length === 0) return { text: statement, parameters: [] };
  const declared = parameters.map((p, i) => `@${p.name} ${p.declaration} = @mcp_p${i}`);
  return { text: `DECLARE ${declared.join(', ')}; ${statement}`, parameters: byPosition(parameters) };
}

function nested(parameters: readonly TypedParameter[]): string {
  if (parameters.length === 0) return 'EXEC sys.sp_executesql @mcp_statement;';
  // The values are passed by position: a parameter named @stmt or @params would collide with sp_executesql's own.
  const values = parameters.map((_parameter, i) => `@mcp_p${i}`);
  return `EXEC sys.sp_executesql @mcp_statement, @mcp_declarations, ${values.join(', ')};`;
}

function statementValues(statement: string, parameters: readonly TypedParameter[]): readonly RpcParameter[] {
  const text: RpcParameter = { ...nvarchar('mcp_statement', statement), options: { length: Infinity } };
  if (parameters.length === 0) return [text];
  const declarations = parameters.map(p => `@${p.name} ${p.declaration}`).join(', ');
  return [text, nvarchar('mcp_declarations', declarations), ...byPosition(parameters)];
}

function byPosition(parameters: readonly TypedParameter[]): readonly RpcParameter[] {
  return parameters.map(({ type, value, options }, i) => ({
    name: `mcp_p${i}`,
    type,
    value,
    ...(options === undefined ? {} : { options }),
  }));
}
