import type { Principal } from '../common/principal.js';
import type { Acquaintance, Rpc } from './borrowed-connection.js';
import { nvarchar, type RpcParameter, type TypedParameter } from './parameters.js';

/**
 * The settings a reset takes back to ODBC-less defaults, where text is cut at 4,096 bytes and NULLs and quotes mean
 * something else; without them a result would look whole and not be. QUOTED_IDENTIFIER makes "…" a name, which the
 * statement policy relies on.
 */
export const SETTINGS = `SET ANSI_NULLS, ANSI_NULL_DFLT_ON, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS OFF;
SET DATEFIRST 7;
SET DATEFORMAT mdy;
SET TEXTSIZE 2147483647;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET XACT_ABORT ON;
`;

/** Before a write, as a batch of its own: its settings and its transaction outlive it. */
export const BEGIN_WRITE = `${SETTINGS}BEGIN TRANSACTION;`;
/** Commits only a transaction that is still the one we began. */
export const COMMIT_WRITE = `IF @@TRANCOUNT <> 1 THROW 50000, 'The statement ended its transaction by itself.', 1;
COMMIT TRANSACTION;`;
export const ROLLBACK_WRITE = 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;';

export interface EnvelopeOptions {
  readonly acquaintance: Acquaintance;
  /** `none` for a login that can't write; a read in a transaction is always rolled back. */
  readonly transaction: 'none' | 'rollback';
}

const RESERVED_KEYS = new Set(['user_id', 'client_id', 'tenant']);

/** Two callers with the same text are one borrower. */
export function borrowerOf(principal: Principal): string {
  return JSON.stringify(contextOf(principal));
}

/** Who is calling, for row-level security: keys that nothing in the session can change afterwards. */
function contextOf(principal: Principal): readonly (readonly [string, string])[] {
  const own = Object.entries(principal.attributes).filter(([key]) => !RESERVED_KEYS.has(key.toLowerCase()));
  return [
    ['user_id', principal.subject],
    ['client_id', principal.client],
    ['tenant', principal.tenant],
    ...own.slice(0, 20),
  ];
}

/**
 * One round trip: settings, session context, transaction, the caller's statement, rollback. The statement and its values
 * travel as parameters of a nested sp_executesql, so line numbers in errors are the caller's. No TRY/CATCH: it would
 * swallow further errors and result sets.
 */
export function readEnvelope(
  statement: string,
  parameters: readonly TypedParameter[],
  principal: Principal,
  options: EnvelopeOptions,
): Rpc {
  if (options.acquaintance === 'settled' && options.transaction === 'none' && parameters.length === 0) {
    return { text: statement, parameters: [] };
  }
  const { text, values } = prelude(principal, options.acquaintance);
  const begin = options.transaction === 'rollback' ? 'BEGIN TRANSACTION;\n' : '';
  const end = options.transaction === 'rollback' ? '\nIF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;' : '';
  return {
    text: `${text}${begin}${nested(parameters)}${end}`,
    parameters: [...values, ...statementValues(statement, parameters)],
  };
}

function prelude(principal: Principal, acquaintance: Acquaintance): { text: string; values: readonly RpcParameter[] } {
  switch (acquaintance) {
    case 'new':
      return beginning(principal);
    case 'known':
      return { text: SETTINGS, values: [] };
    case 'settled':
      return { text: '', values: [] };
    default:
      return acquaintance satisfies never;
  }
}

/** Around a batch of ours (the catalogue's): the settings only. */
export function catalogEnvelope(text: string, parameters: readonly RpcParameter[]): Rpc {
  return { text: `${SETTINGS}${text}`, parameters };
}

/** The statement of a write, inside the transaction that BEGIN_WRITE began. */
export function writeEnvelope(statement: string, parameters: readonly TypedParameter[], principal: Principal): Rpc {
  const { text, values } = beginning(principal, '');
  return { text: text + nested(parameters), parameters: [...values, ...statementValues(statement, parameters)] };
}

function beginning(principal: Principal, settings = SETTINGS): { text: string; values: readonly RpcParameter[] } {
  const context = contextOf(principal);
  const calls = context.map(
    ([_key], i) => `EXEC sys.sp_set_session_context @key = @mcp_k${i}, @value = @mcp_v${i}, @read_only = 1;\n`,
  );
  return {
    text: settings + calls.join(''),
    values: context.flatMap(([key, value], i) => [
      nvarchar(`mcp_k${i}`, key.slice(0, 128)),
      nvarchar(`mcp_v${i}`, value.slice(0, 4000)),
    ]),
  };
}

function nested(parameters: readonly TypedParameter[]): string {
  if (parameters.length === 0) return 'EXEC sys.sp_executesql @mcp_statement;';
  // By position: a parameter called @stmt or @params would meet sp_executesql's own.
  const values = parameters.map((_parameter, i) => `@mcp_p${i}`);
  return `EXEC sys.sp_executesql @mcp_statement, @mcp_declarations, ${values.join(', ')};`;
}

function statementValues(statement: string, parameters: readonly TypedParameter[]): readonly RpcParameter[] {
  const values: RpcParameter[] = [{ ...nvarchar('mcp_statement', statement), options: { length: Infinity } }];
  if (parameters.length === 0) return values;
  values.push(nvarchar('mcp_declarations', parameters.map(p => `@${p.name} ${p.declaration}`).join(', ')));
  parameters.forEach(({ type, value, options }, i) =>
    values.push({ name: `mcp_p${i}`, type, value, ...(options === undefined ? {} : { options }) }),
  );
  return values;
}
