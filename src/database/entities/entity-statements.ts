import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { hasScope } from '../../common/principal.js';
import type { CallContext } from '../call-context.js';
import { SessionPool } from '../connection/session-pool.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import { StatementPolicy } from '../policy/statement-policy.js';
import { DatabaseReach } from '../query/database-reach.js';
import type { RowLimiter } from '../query/row-limiter.js';
import { StatementReports } from '../query/statement-reports.js';
import { assertMayChange } from '../query/session-checks.js';
import { type StatementJob, StatementRunner } from '../query/statement-runner.js';
import { CallTransaction } from './call-transaction.js';
import { entityParameters } from './entity-parameters.js';
import { type EntityRow, EntityRows, tooLarge } from './entity-rows.js';

export interface EntityResult {
  readonly sets: readonly EntityRow[][];
  readonly affectedRows: readonly number[];
}

/** Runs the statements that TypeORM makes: policy, session, limits, exact values and one report, as for any statement. */
@Injectable()
export class EntityStatements {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly sessions: SessionPool,
    private readonly runner: StatementRunner,
    private readonly reports: StatementReports,
    private readonly reach: DatabaseReach,
  ) {}

  /** Needs no session before its first statement. */
  transaction(call: CallContext, isolation: string): CallTransaction {
    return new CallTransaction(this.sessions, this.reach, call, isolation, () => this.runner.changed(call));
  }

  /** Without a transaction the statement has a session of its own, and a change is committed. Throws AppError. */
  async run(
    statement: string,
    values: readonly unknown[],
    call: CallContext,
    transaction: CallTransaction | undefined,
  ): Promise<EntityResult> {
    const sink = new EntityRows();
    const { cells } = sink;
    const parameters = () => entityParameters(values);
    const timeoutMs = call.tenant.config.limits.queryTimeoutMs;
    const job: StatementJob = { statement, call, sink, parameters, limits: EntityRows.limits, timeoutMs, cells };
    const response = transaction === undefined ? await this.alone(job) : await this.within(transaction, job);
    // More result sets than the limiter lets through, or a document that is too long.
    if (response.truncatedBy !== undefined || cells.cutCells > 0) throw tooLarge();
    return { sets: sink.sets, affectedRows: response.affectedRows };
  }

  private async alone(job: StatementJob): Promise<RowLimiter> {
    const read = this.admittedRead(job);
    // In a read-only tenant the refusal says which word of the statement reads more than it may.
    if (read !== undefined || job.call.tenant.config.readOnly)
      return this.runner.read({ ...job, statement: read ?? job.statement });
    if (!mayChange(job.call)) return this.reports.of('write', job, () => Promise.reject(scopeMissing()));
    return (await this.runner.write(job, {})).response;
  }

  private within(transaction: CallTransaction, job: StatementJob): Promise<RowLimiter> {
    const read = this.admittedRead(job);
    return this.reports.of(read === undefined ? 'write' : 'read', job, async (parameters, report) => {
      const admitted = read ?? this.admittedWrite(job);
      await this.reach.assertInside(admitted, job.call, transaction.holdsSession);
      report.allowed = true;
      const response = await transaction.run(admitted, parameters, job, read === undefined);
      report.take(response);
      return response;
    });
  }

  private admittedRead({ statement, call }: StatementJob): AdmittedStatement | undefined {
    return typeof statement === 'string' ? this.policy.admitIfRead(statement, call) : statement;
  }

  private admittedWrite({ statement, call }: StatementJob): AdmittedStatement {
    if (typeof statement !== 'string') return statement;
    if (call.tenant.config.readOnly) return this.policy.admitRead(statement, call);
    assertMayChange(call);
    if (!mayChange(call)) throw scopeMissing();
    return this.policy.admitWrite(statement, call);
  }
}

/** A manager doesn't say beforehand whether it changes anything, so the token decides, whatever the tool declares. */
function mayChange({ principal }: CallContext): boolean {
  return hasScope(principal.scopes, 'sql:write');
}

function scopeMissing(): AppError {
  return new AppError('PERMISSION_DENIED', 'A change needs the scope sql:write, which the token does not have.', {
    hint: "A tool that changes data declares `scope: 'sql:write'` and `readOnly: false`.",
    details: { rule: 'scope' },
  });
}
