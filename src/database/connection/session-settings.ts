import type { Tenant } from '../../tenancy/tenant.js';

const ISOLATION = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED;';
const LOCK_TIMEOUT = 'SET LOCK_TIMEOUT -1;';
const DEADLOCK_PRIORITY = 'SET DEADLOCK_PRIORITY NORMAL;';

/**
 * sp_reset_connection restores non-ODBC defaults (TEXTSIZE 4096, ANSI settings off). Without these settings results would
 * be truncated silently. QUOTED_IDENTIFIER makes "…" a name, which the statement policy relies on. NOCOUNT may be the
 * server's default ("user options" 512), and would hide how many rows a statement changed. The last three settings have
 * SQL Server's defaults here; `settingsOf` puts in those of the tenant.
 */
export const SETTINGS = `SET ANSI_NULLS, ANSI_NULL_DFLT_ON, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS, NOCOUNT OFF;
SET DATEFIRST 7;
SET DATEFORMAT mdy;
SET TEXTSIZE 2147483647;
SET XACT_ABORT ON;
${ISOLATION}
${LOCK_TIMEOUT}
${DEADLOCK_PRIORITY}
`;

/** The same settings with one option per statement, for servers that know only some of them. */
export const SINGLE_SETTINGS: readonly string[] = SETTINGS.trim()
  .split('\n')
  .flatMap(statement => {
    const [, options = '', value = ''] = /^SET (.+, .+) (ON|OFF);$/.exec(statement) ?? [];
    return options === '' ? [statement] : options.split(', ').map(option => `SET ${option} ${value};`);
  });

type Config = Pick<Tenant['config'], 'deadlockPriority' | 'limits' | 'readIsolation'>;

/** The share of a call's time after which a wait for a lock ends, so that the caller learns what it waited for. */
const LARGEST_SHARE = 0.8;

/** Puts the tenant's values into the settings that its server knows: reads give way to other programs, changes do not. */
export function settingsOf(config: Config, known: string): { readonly read: string; readonly write: string } {
  const write = known.replace(LOCK_TIMEOUT, `SET LOCK_TIMEOUT ${lockTimeoutMs(config)};`);
  return {
    write,
    read: write
      .replace(ISOLATION, `SET TRANSACTION ISOLATION LEVEL ${config.readIsolation.replaceAll('_', ' ').toUpperCase()};`)
      .replace(DEADLOCK_PRIORITY, `SET DEADLOCK_PRIORITY ${config.deadlockPriority.toUpperCase()};`),
  };
}

/** For SET LOCK_TIMEOUT, where -1 means no limit: the call's own time limit ends the wait. */
function lockTimeoutMs({ limits: { lockTimeout, queryTimeoutMs } }: Config): number {
  return lockTimeout === 0 ? -1 : Math.min(lockTimeout * 1_000, Math.floor(queryTimeoutMs * LARGEST_SHARE));
}
