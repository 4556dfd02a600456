import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import { ProbeCache, type ProbeResult } from '../connection/probe-cache.js';
import { type Lease, SessionPool } from '../connection/session-pool.js';
import { MESSAGE_NUMBERS } from '../sql-server.messages.js';
import { PlanCollector, SHOW_PLANS } from './plan-collector.js';

const LIMIT_MS = 10_000;
const RETRY_AFTER_MS = 5_000;
const HARMLESS = 'SELECT 1;';

/**
 * Finds out whether the engine of a tenant honours SET SHOWPLAN_XML ON. Babelfish accepts the setting and still executes
 * the statement, so a harmless statement is tried before the first plan, and again every ten minutes.
 */
@Injectable()
export class PlanProbe {
  private readonly answers = new ProbeCache<boolean>();

  constructor(private readonly sessions: SessionPool) {}

  /** Throws AppError SQL_ERROR when the engine has no plans, and TIMEOUT when it did not answer. */
  async assertPlans({ tenant, principal, signal }: CallContext): Promise<void> {
    const plans = await this.answers.get(tenant.name, async () => {
      const lease = await this.sessions.acquire(tenant, principal.subject, signal);
      try {
        return await onlyPlans(lease);
      } finally {
        lease.release();
      }
    });
    if (plans === undefined) {
      throw new AppError('TIMEOUT', 'The database did not answer in time whether it supports execution plans.', {
        hint: 'The database may be busy. Try again in a few seconds.',
      });
    }
    if (!plans) throw noPlans();
  }
}

async function onlyPlans({ connection, capabilities }: Lease): Promise<ProbeResult<boolean>> {
  const limits = {
    timeoutMs: LIMIT_MS,
    signal: AbortSignal.timeout(LIMIT_MS),
    cells: { maxBytes: 100_000, cutCells: 0 },
  };
  const collector = new PlanCollector({ onlyPlans: false });
  connection.retire();
  connection.reset();
  try {
    for (const text of [capabilities.settings, SHOW_PLANS]) {
      if (text === '') continue;
      if ((await connection.runBatch(text, limits)).stopped !== undefined) return { retryAfterMs: RETRY_AFTER_MS };
    }
    const { stopped } = await connection.runBatch(HARMLESS, limits, collector);
    if (stopped !== undefined) return { retryAfterMs: RETRY_AFTER_MS };
  } catch (error) {
    const { number } = error as { number?: unknown };
    if (typeof number !== 'number') throw error;
    // The login lacks the permission, so the engine honours the setting. The caller's statement will get the same error.
    return { value: number === MESSAGE_NUMBERS.permissionDenied };
  }
  return { value: collector.plans.length === 1 && collector.rows === 0 };
}

export function noPlans(): AppError {
  return new AppError('SQL_ERROR', 'This database engine does not support execution plans, so nothing was run.', {
    hint: 'Look at the sizes, keys and indexes of the tables with describe_table instead.',
  });
}
