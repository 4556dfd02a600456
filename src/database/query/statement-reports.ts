import { Injectable } from '@nestjs/common';
import { Budgets } from '../../budgets/budgets.js';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import type { TypedParameter } from '../driver/parameters.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import type { StatementBatch } from '../policy/statement-batch.js';
import { translateSqlError } from '../sql-server.errors.js';
import type { StatementKind } from '../statement-report.js';
import { AuthorTexts } from './author-texts.js';
import { logEngineError } from './engine-errors.js';
import { ReportedStatement } from './reported-statement.js';
import { ConsumerFailure } from './stream-sink.js';

/** A text, which the policy judges first, or a statement that it has admitted in this call. */
export type SingleStatement = string | AdmittedStatement;
export type Statement = SingleStatement | StatementBatch;

export interface ReportableStatement {
  readonly statement: Statement;
  readonly call: CallContext;
  /** Throws AppError INVALID_ARGUMENT. */
  parameters(): readonly TypedParameter[];
}

/** Reports each statement once to its call, counts it in the person's budget, and translates its errors. */
@Injectable()
export class StatementReports {
  constructor(
    private readonly authors: AuthorTexts,
    private readonly budgets: Budgets,
  ) {}

  /** Runs what belongs to the statement, and reports how it ended. Throws AppError, or what a consumer of rows threw. */
  async of<T>(
    kind: StatementKind,
    { statement, call, parameters: given }: ReportableStatement,
    run: (parameters: readonly TypedParameter[], report: ReportedStatement) => Promise<T>,
  ): Promise<T> {
    const report = new ReportedStatement(kind, textOf(statement));
    try {
      const parameters = given();
      report.parameterTypes = Object.fromEntries(parameters.map(p => [p.name, p.declaration]));
      if (call.principal.access.budget !== undefined) await this.budgets.assertLeft(call);
      return await run(parameters, report);
    } catch (error) {
      if (error instanceof ConsumerFailure) {
        report.failed(error.reported);
        throw error.thrown;
      }
      const shown = await this.authors.areShown(error, call);
      if (!shown) logEngineError(error, call);
      const translated = withinText(translateSqlError(error, shown), textOf(statement));
      report.failed(translated);
      throw translated;
    } finally {
      const summary = report.summary();
      call.report?.(summary);
      if (call.principal.access.budget !== undefined && summary.verdict === 'allowed')
        await this.budgets.spend(call, summary);
    }
  }
}

export function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.given;
}

/** A line beyond the caller's text belongs to what the server sends around it. */
function withinText(error: AppError, statement: string): AppError {
  const { line, ...details } = error.details ?? {};
  if (typeof line !== 'number' || line <= statement.split('\n').length) return error;
  const { code, message, hint, cause } = error;
  return new AppError(code, message, { details, cause, ...(hint === undefined ? {} : { hint }) });
}
