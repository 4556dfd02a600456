import { Injectable } from '@nestjs/common';
import { type CallContext, timeLimitMs } from '../call-context.js';
import { costLimitOf } from '../connection/cost-guard.js';
import { retryOnce } from '../connection/retry-once.js';
import { beginWrite, claimOf, contextBatch, writeBatch } from '../connection/session-batch.js';
import { type Lease, SessionPool } from '../connection/session-pool.js';
import { type TypedParameter, typedParameters } from '../driver/parameters.js';
import type { RunLimits, RunOutcome } from '../driver/session-request.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import { StatementPolicy } from '../policy/statement-policy.js';
import { asPreamble } from '../preamble-error.js';
import { DatabaseReach } from '../query/database-reach.js';
import { inTurn, type LongTurn } from '../query/long-turn.js';
import type { QueryParameters } from '../query/query.service.js';
import { assertContext, assertFinished } from '../query/session-checks.js';
import { StatementReports } from '../query/statement-reports.js';
import { MAX_PLAN_BYTES, MEASURE_PLANS, PlanCollector, planTooLarge, SHOW_PLANS } from './plan-collector.js';
import { PlanGrants } from './plan-grants.js';
import { noPlans, PlanProbe } from './plan-probe.js';

export interface PlanRequest {
  readonly statement: string;
  readonly parameters?: QueryParameters | undefined;
  /** Whether the statement runs, so that the plan has actual figures. */
  readonly actual: boolean;
}

export interface PlannedStatement {
  /** Showplan XML, one document for each planned statement, with values and names: redact it before anybody sees it. */
  readonly plans: readonly string[];
  /** The number of rows that the statement returned; absent when it was only planned. */
  readonly rows?: number;
}

interface Plan {
  readonly admitted: AdmittedStatement;
  readonly parameters: readonly TypedParameter[];
  readonly actual: boolean;
}

/**
 * Gets the plans of one reading statement, under the rules and limits of a read, in a transaction that is rolled back.
 * The connection is closed afterwards, because its session shows plans instead of running statements.
 */
@Injectable()
export class PlanRunner {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly sessions: SessionPool,
    private readonly reports: StatementReports,
    private readonly reach: DatabaseReach,
    private readonly probe: PlanProbe,
    private readonly grants: PlanGrants,
  ) {}

  /** Throws AppError, as QueryService does, and SQL_ERROR where the engine gives no plans. */
  async explain({ statement, parameters: given, actual }: PlanRequest, call: CallContext): Promise<PlannedStatement> {
    const job = { statement, call, parameters: () => typedParameters(given) };
    let admitted: AdmittedStatement | undefined;
    try {
      return await this.reports.of(actual ? 'read' : 'plan', job, async (parameters, report) => {
        admitted = this.policy.admitRead(statement, call);
        await this.reach.assertInside(admitted, call);
        report.allowed = true;
        await this.probe.assertPlans(call);
        const plan = { admitted, parameters, actual };
        return inTurn(call, this.sessions, turn => this.run(plan, call, turn));
      });
    } catch (error) {
      throw await this.grants.explain(error, admitted, call);
    }
  }

  /** A transient error before the statement is retried once, on another connection. */
  private run(plan: Plan, call: CallContext, turn: LongTurn): Promise<PlannedStatement> {
    return retryOnce(call, fresh =>
      this.lent(plan, call, fresh, lease =>
        turn.attempt(always, signal => this.attempt(plan, { ...call, signal }, lease)),
      ),
    );
  }

  private async lent<T>(
    { admitted, actual }: Plan,
    call: CallContext,
    fresh: boolean,
    use: (lease: Lease) => Promise<T>,
  ): Promise<T> {
    const { tenant, principal, signal } = call;
    const lease = await this.sessions.acquire(tenant, principal.subject, signal, {
      fresh,
      waitMs: call.patience?.limitMs,
      // A statement that is only planned costs nothing, and the plan says what it would cost.
      costLimit: actual ? costLimitOf(call) : 0,
    });
    try {
      this.reach.assertConfirmed(admitted, call);
      return await use(lease);
    } finally {
      lease.release();
    }
  }

  private async attempt(
    { admitted, parameters, actual }: Plan,
    call: CallContext,
    lease: Lease,
  ): Promise<PlannedStatement> {
    const cells = { maxBytes: MAX_PLAN_BYTES, cutCells: 0 };
    const limits = { timeoutMs: timeLimitMs(call), signal: call.signal, cells };
    await prepare(lease, admitted, actual, call, limits);
    const collector = new PlanCollector({ onlyPlans: !actual, onRows: rows => call.progress?.(rows) });
    const outcome = await send(lease, admitted, parameters, { actual, call, limits, collector });
    assertFinished(outcome, limits);
    if (cells.cutCells > 0 && collector.plans.some(plan => !plan.trimEnd().endsWith('>'))) throw planTooLarge();
    if (collector.plans.length === 0 || (!actual && collector.rows > 0)) throw noPlans();
    return { plans: collector.plans, ...(actual ? { rows: collector.rows } : {}) };
  }
}

/** A plan is delivered only when it is complete, so an attempt can always be repeated. */
const always = (): boolean => true;

/** Sends the settings and the transaction, the session context, and the SHOWPLAN option, which must be alone in its batch. */
async function prepare(
  { connection, capabilities }: Lease,
  { runnable }: AdmittedStatement,
  actual: boolean,
  call: CallContext,
  limits: RunLimits,
): Promise<void> {
  assertContext(call, capabilities);
  await connection.claim({ ...claimOf(call.principal, capabilities), anew: true });
  connection.retire();
  const settings = capabilities.settings + runnable.isolation;
  const begin = capabilities.transactions ? beginWrite(settings) : settings;
  if (begin !== '') await own(limits, connection.runBatch(begin, limits));
  const context = contextBatch(call.principal, capabilities);
  if (context !== undefined) await own(limits, connection.run(context, new PlanCollector(ROWS), limits));
  await own(limits, connection.runBatch(actual ? MEASURE_PLANS : SHOW_PLANS, limits));
}

const ROWS = { onlyPlans: false };

interface Sent {
  readonly actual: boolean;
  readonly call: CallContext;
  readonly limits: RunLimits;
  readonly collector: PlanCollector;
}

/**
 * sp_executesql gives no estimated plan of its text, so the statement stands in a batch of its own there, with variables
 * for its parameters. They have no values: SQL Server estimates without the values of variables anyway.
 */
function send(
  { connection, capabilities }: Lease,
  { runnable: { text } }: AdmittedStatement,
  parameters: readonly TypedParameter[],
  { actual, call, limits, collector }: Sent,
): Promise<RunOutcome> {
  if (actual)
    return connection.run(writeBatch(text, parameters, call.principal, capabilities, true), collector, limits);
  const declared = parameters.map(({ name, declaration }) => `@${name} ${declaration}`).join(', ');
  // On the first line, so that the lines of errors stay the caller's. A byte order mark may only be the first character.
  const batch = declared === '' ? text : `DECLARE ${declared}; ${text.replace(/^\uFEFF/, ' ')}`;
  return connection.runBatch(batch, limits, collector);
}

/** Waits for a statement of the server itself, which runs before the caller's. */
async function own(limits: RunLimits, outcome: Promise<RunOutcome>): Promise<void> {
  assertFinished(await asPreamble(outcome), limits);
}
