import { AppError } from '../../common/app-error.js';
import type { RunOutcome } from '../driver/session-request.js';
import type { CallContext } from '../call-context.js';
import type { ServerCapabilities } from '../connection/session-batch.js';

/** Of several groups together; each rule has at most 20. None is left out: it may be the one that narrows. */
const MAX_ATTRIBUTES = 100;

/** Rows that are to be seen by attribute are seen by nobody where the database can't be told the attributes. */
export function assertContext({ tenant, principal }: CallContext, { sessionContext }: ServerCapabilities): void {
  const count = Object.keys(principal.attributes).length;
  if (count > MAX_ATTRIBUTES) {
    throw new AppError(
      'PERMISSION_DENIED',
      `The rules of your groups add up to ${count} attributes; ${MAX_ATTRIBUTES} can be set.`,
      {
        hint: 'An administrator has to give fewer of them.',
      },
    );
  }
  if (sessionContext) return;
  const rules = [principal, ...(tenant.config.access ?? [])];
  if (!rules.some(({ attributes }) => Object.keys(attributes ?? {}).length > 0)) return;
  throw new AppError(
    'PERMISSION_DENIED',
    'Access here depends on attributes of people, and this database server has no sp_set_session_context to take them.',
    { hint: 'An administrator has to remove the attributes from the tenant, or use SQL Server 2016 or later.' },
  );
}

export function assertFinished(outcome: RunOutcome, call: CallContext): void {
  switch (outcome.stopped) {
    case undefined:
    case 'handler':
      return;
    case 'timeout':
      throw new AppError(
        'TIMEOUT',
        `The statement was stopped after ${call.tenant.config.limits.queryTimeoutMs} ms, the time limit.`,
        { hint: 'Narrow it with WHERE on an indexed column, read fewer rows, or aggregate less at once.' },
      );
    case 'aborted':
      throw new AppError('CANCELLED', 'The call was cancelled.');
    default:
      outcome.stopped satisfies never;
  }
}
