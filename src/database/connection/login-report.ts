import type { Tenant } from '../../tenancy/tenant.js';
import type { ServerCapabilities } from './session-batch.js';

/** What is known of a login: `unreadable` when the database refuses to tell, `unanswered` when it does not answer in time. */
export type LoginKnowledge = 'can_write' | 'cannot_write' | 'unreadable' | 'unanswered';

const BETTER_LOGIN = 'scripts/sql/create-readonly-login.sql makes a login that can only read';

/** The line of the log about a login: what was found out, and what the server does now. Undefined: nothing to say. */
export function loginReport(
  { requireReadonlyLogin, readOnly }: Pick<Tenant['config'], 'requireReadonlyLogin' | 'readOnly'>,
  known: LoginKnowledge,
  { transactions }: Pick<ServerCapabilities, 'transactions'>,
): string | undefined {
  if (known === 'cannot_write') return undefined;
  if (known === 'can_write' && !readOnly && !requireReadonlyLogin) return undefined;
  const consequence = consequenceOf(requireReadonlyLogin, transactions);
  switch (known) {
    case 'can_write':
      return `the database login of this ${readOnly ? 'read-only' : 'writing'} tenant can write; ${consequence}. ${BETTER_LOGIN}`;
    case 'unreadable':
      return `the permissions of the database login could not be read, so it may be able to write; ${consequence}`;
    case 'unanswered':
      return `the database did not report the permissions of its login in time, so it may be able to write; until it does, ${consequence}`;
    default:
      return known satisfies never;
  }
}

function consequenceOf(requireReadonlyLogin: boolean, transactions: boolean): string {
  if (requireReadonlyLogin)
    return 'calls that need the database are refused, because the tenant requires a read-only login (REQUIRE_READONLY_LOGIN, require_readonly_login)';
  return transactions
    ? 'reads run in a transaction that is rolled back'
    : 'reads run without a transaction, which this database server lacks: only the statement policy keeps them from writing';
}
