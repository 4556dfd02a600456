import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';

const PAUSE_MS = 500;
/** The hosts of Azure SQL Database, in every cloud of Microsoft. */
const AZURE = /\.database\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/i;
/** The texts of 40613 and 40197. tedious gives a refused login no number. */
const ASLEEP = /is not currently available|has encountered an error processing your request/i;

/** Whether the host may be a serverless database, which pauses when nobody uses it and needs about a minute to resume. */
export function mayBeServerless(host: string): boolean {
  return AZURE.test(host.split(/[\\,:]/, 1)[0] ?? '');
}

/** How long a login may take. For Azure SQL Database Microsoft recommends 30 s. */
export function connectTimeoutMs(host: string): number {
  return mayBeServerless(host) ? 30_000 : 10_000;
}

/**
 * Tries `connect` again while the database is waking up, for as long as a statement of the tenant may take. Other errors
 * are thrown at once. Throws AppError DATABASE_UNAVAILABLE or CANCELLED, or what `connect` throws.
 */
export async function whileWaking<T>(tenant: Tenant, signal: AbortSignal, connect: () => Promise<T>): Promise<T> {
  const { database, limits } = tenant.config;
  const deadline = Date.now() + limits.queryTimeoutMs;
  let waking = mayBeServerless(database.host);
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (isAsleep(error)) waking = true;
      else if (!waking || !isUnanswered(error)) throw error;
      if (Date.now() + PAUSE_MS > deadline) throw stillAsleep(error);
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {
      throw new AppError('CANCELLED', 'The call was cancelled.');
    });
  }
}

function isAsleep(error: unknown): boolean {
  return chainOf(error).some(({ name, message }) => name !== 'AppError' && ASLEEP.test(message));
}

/** No answer to a login in time, as opposed to a refusal, a closed port or an unknown host. */
function isUnanswered(error: unknown): boolean {
  const chain = chainOf(error);
  // Our own limit of waiting has no cause.
  if (chain.length === 1 && error instanceof AppError) return error.code === 'DATABASE_UNAVAILABLE';
  return chain.some(({ name, code }) => name === 'TimeoutError' || code === 'ETIMEOUT');
}

function chainOf(error: unknown, depth = 0): readonly (Error & { readonly code?: unknown })[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const { originalError } = error as { originalError?: unknown };
  return [error, ...chainOf(originalError ?? error.cause, depth + 1)];
}

function stillAsleep(cause: unknown): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    'The database was not available in time. A serverless database of Azure that was paused may take a minute to resume.',
    { hint: 'This is not a fault of the statement; try again in a minute.', cause },
  );
}
