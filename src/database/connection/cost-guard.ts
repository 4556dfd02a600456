import { Injectable } from '@nestjs/common';
import { logger } from '../../common/log.js';
import type { AccessRules } from '../../tenancy/access-rules.service.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { CallContext } from '../call-context.js';
import type { PooledSession } from '../driver/pooled-session.js';
import { isTransient } from '../sql-server.errors.js';
import { MESSAGE_NUMBERS, messageOf } from '../sql-server.messages.js';
import { ProbeCache, type ProbeResult } from './probe-cache.js';
import type { ServerCapabilities } from './session-batch.js';

/** `active`: the server has refused the probe. `ignored`: it ran the probe, or doesn't know the option. */
export type CostGuardState = 'active' | 'ignored';

const LIMIT_MS = 5_000;
const RETRY_MS = 30_000;
/**
 * An estimate of far more than 1 for a statement that reads nothing where the limit is ignored: the value of a variable
 * is not known when the plan is made, and its condition is checked before the first row.
 */
const PROBE = `SET QUERY_GOVERNOR_COST_LIMIT 1;
DECLARE @mcp_never bit = 0;
SELECT a.column_id FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b CROSS JOIN sys.all_columns AS c WHERE @mcp_never = 1;`;

/** Errors of these subjects come from a server in trouble, so the probe has no result. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['resource', 'timeout', 'cancelled', 'internal']);

const log = logger('database');

/** The largest estimated cost of the call's statements; 0: no limit. */
export function costLimitOf({ costLimit, principal, tenant }: CallContext): number {
  return costLimit ?? principal.access.maxQueryCost ?? tenant.config.limits.maxQueryCost;
}

/** Whether the tenant or one of its rules limits the cost of statements. */
export function isCostGuarded({ config, access }: Tenant): boolean {
  return config.limits.maxQueryCost > 0 || hasGuardedRule(access);
}

/** Results by list of rules. A list is immutable; a changed file creates a new one. */
const guarded = new WeakMap<object, boolean>();

function hasGuardedRule(access: AccessRules): boolean {
  if (access === undefined) return false;
  let known = guarded.get(access);
  if (known === undefined) guarded.set(access, (known = access.some(rule => (rule.maxQueryCost ?? 0) > 0)));
  return known;
}

/**
 * Finds out whether a tenant's server honours SET QUERY_GOVERNOR_COST_LIMIT, and sets it where it does. Some engines that
 * speak TDS accept the option silently, so the guard counts as active only where a probe was refused.
 */
@Injectable()
export class CostGuard {
  private readonly answers = new ProbeCache<CostGuardState>();

  /** Returns undefined until the server has answered, and for a tenant without a limit of cost. */
  state(tenant: Tenant): CostGuardState | undefined {
    return isCostGuarded(tenant) ? this.answers.lastValue(tenant.name) : undefined;
  }

  /** Returns the capabilities with the limit of the call. Throws the driver's error when the connection is lost. */
  async apply(
    tenant: Tenant,
    connection: PooledSession,
    capabilities: ServerCapabilities,
    costLimit: number,
  ): Promise<ServerCapabilities> {
    if (!isCostGuarded(tenant)) return capabilities;
    const state = await this.answers.get(tenant.name, () => this.probe(tenant, connection, capabilities));
    // Without an answer the limit is set: only an engine without the option refuses it.
    return costLimit === 0 || state === 'ignored' ? capabilities : { ...capabilities, costLimit };
  }

  private async probe(
    tenant: Tenant,
    connection: PooledSession,
    { nested }: ServerCapabilities,
  ): Promise<ProbeResult<CostGuardState>> {
    const result = nested ? await answerOf(connection) : ({ value: 'ignored' } as const);
    if (connection.isInDoubt) await connection.replace();
    if ('value' in result && result.value === 'ignored' && this.answers.lastValue(tenant.name) !== 'ignored')
      log.warn(
        { tenant: tenant.name },
        'MAX_QUERY_COST has no effect: this database server ignores QUERY_GOVERNOR_COST_LIMIT',
      );
    return result;
  }
}

async function answerOf(connection: PooledSession): Promise<ProbeResult<CostGuardState>> {
  connection.reset();
  try {
    const { stopped } = await connection.run(
      { text: PROBE, parameters: [] },
      { columns: () => {}, row: () => {}, done: () => {}, message: () => {} },
      { timeoutMs: LIMIT_MS, signal: AbortSignal.timeout(LIMIT_MS), cells: { maxBytes: 100, cutCells: 0 } },
    );
    // A probe that runs into its time limit was not refused, but the server may only be busy.
    return stopped === undefined ? { value: 'ignored' } : { retryAfterMs: RETRY_MS };
  } catch (error) {
    const { number } = error as { number?: unknown };
    if (typeof number !== 'number' || isTransient(error)) throw error;
    if (SAYS_NOTHING.has(messageOf(number).subject)) return { retryAfterMs: RETRY_MS };
    return { value: number === MESSAGE_NUMBERS.costExceeded ? 'active' : 'ignored' };
  }
}
