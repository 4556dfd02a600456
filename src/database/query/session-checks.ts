import { AppError } from '../../common/app-error.js';
import { MODULE_CHANGED } from '../policy/modules/module-version.js';
import { hasAttributes } from '../../tenancy/access-attributes.js';
import type { RunLimits, RunOutcome } from '../driver/session-request.js';
import type { CallContext } from '../call-context.js';
import type { ServerCapabilities } from '../connection/session-batch.js';

/** The limit for all groups together; each rule has at most 20. No attribute may be dropped: it may restrict access. */
const MAX_ATTRIBUTES = 100;

/** Refuses access that depends on attributes when the database can't receive the attributes. */
export function assertContext({ tenant, principal }: CallContext, { sessionContext }: ServerCapabilities): void {
  const count = Object.keys(principal.attributes).length;
  if (count > MAX_ATTRIBUTES) {
    throw new AppError(
      'PERMISSION_DENIED',
      `The access rules of your groups set ${count} attributes, but at most ${MAX_ATTRIBUTES} are allowed.`,
      {
        hint: 'An administrator has to remove some of them.',
      },
    );
  }
  if (sessionContext) return;
  if (!hasAttributes(tenant, principal)) return;
  if (!tenant.config.sessionContext) {
    throw new AppError(
      'PERMISSION_DENIED',
      'Access depends on attributes of users, but this tenant is set to send no session context to its database.',
      { hint: 'An administrator has to remove the attributes from the tenant, or session_context: false.' },
    );
  }
  throw new AppError(
    'PERMISSION_DENIED',
    'Access depends on attributes of users, but this database server has no sp_set_session_context to receive them.',
    { hint: 'An administrator has to remove the attributes from the tenant, or use SQL Server 2016 or later.' },
  );
}

/** Throws AppError STATEMENT_REFUSED where a procedure's changes can't be undone, or its OUTPUT parameters not read. */
export function assertCanCall({ transactions, nested }: ServerCapabilities): void {
  if (transactions && nested) return;
  throw new AppError('STATEMENT_REFUSED', 'Procedures cannot be called safely on this database server.', {
    hint: 'It has no transactions, or no sp_executesql within a batch (docs/database-engines.md).',
  });
}

/** Whether a procedure, or something that it uses, is not what was judged. */
export function isModuleChange(error: unknown): boolean {
  return (error as { number?: unknown }).number === MODULE_CHANGED;
}

export function moduleChanged(cause: unknown): AppError {
  return new AppError('UNKNOWN_DEFINITION', 'The procedure, or something that it uses, has changed and did not run.', {
    hint: 'It is being checked again. Try again in a few seconds.',
    details: { rule: 'module-changed' },
    cause,
  });
}

/** Throws AppError STATEMENT_REFUSED in code that was declared to change nothing. */
export function assertMayChange({ onlyReads }: CallContext): void {
  if (onlyReads !== true) return;
  throw new AppError('STATEMENT_REFUSED', 'This was declared to change nothing, so its changes are refused.', {
    hint: 'A tool that changes data declares `readOnly: false`. Resources and prompts only read.',
    details: { rule: 'declared-read-only' },
  });
}

/** `setting`: what an administrator changes, so that such statements get more time. */
export function assertFinished(
  outcome: RunOutcome,
  { timeoutMs }: Pick<RunLimits, 'timeoutMs'>,
  setting = 'LONG_QUERIES or QUERY_TIMEOUT_MS',
): void {
  switch (outcome.stopped) {
    case undefined:
    case 'handler':
      return;
    case 'timeout':
      throw new AppError('TIMEOUT', `The statement exceeded the time limit of ${timeoutMs} ms and was cancelled.`, {
        hint: `Filter on an indexed column, read fewer rows, or aggregate less data at once. An administrator can give such statements more time with ${setting}.`,
      });
    case 'aborted':
      throw new AppError('CANCELLED', 'The call was cancelled.');
    default:
      outcome.stopped satisfies never;
  }
}
