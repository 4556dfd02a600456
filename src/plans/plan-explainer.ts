import { Injectable } from '@nestjs/common';
import type { CallContext } from '../database/call-context.js';
import { type PlanRequest, PlanRunner } from '../database/plans/plan-runner.js';
import { StatementPolicy } from '../database/policy/statement-policy.js';
import { PlanStore } from './plan-store.js';
import { readPlan } from './showplan/plan-document.js';
import { type PlanFacts, factsOf } from './showplan/plan-facts.js';
import { redacted } from './showplan/plan-redaction.js';
import { PlanVisibility } from './showplan/plan-visibility.js';
import { summaryOf } from './showplan/plan-summary.js';
import { writePlan } from './showplan/plan-writer.js';

export interface ExplainedStatement {
  readonly summary: readonly string[];
  readonly facts: PlanFacts;
  /** The number of rows that the statement returned; absent when it was only planned. */
  readonly rows?: number;
  /** The id with which the plan can be fetched; absent for a plan that is too large to store. */
  readonly planId?: string;
}

/** Explains a reading statement to one person. Values, and names that the person may not see, are removed from the plan. */
@Injectable()
export class PlanExplainer {
  constructor(
    private readonly runner: PlanRunner,
    private readonly store: PlanStore,
    private readonly policy: StatementPolicy,
  ) {}

  /** Throws AppError, as PlanRunner does. */
  async explain(request: PlanRequest, call: CallContext): Promise<ExplainedStatement> {
    const { plans: documents, rows } = await this.runner.explain(request, call);
    const visibility = new PlanVisibility(call);
    const plans = documents.map(document => redacted(readPlan(document), visibility));
    const facts = factsOf(plans);
    const planId = await this.store.keep({ statement: request.statement, plans: plans.map(writePlan) }, call);
    return {
      summary: summaryOf(facts, rows),
      facts,
      ...(rows === undefined ? {} : { rows }),
      ...(planId === undefined ? {} : { planId }),
    };
  }

  /**
   * Returns a stored plan as XML, one document for each statement, to the person for whom it was made; undefined for any
   * other plan. Removes what the person may no longer see. Throws AppError PERMISSION_DENIED if they may no longer run the
   * statement.
   */
  async fetch(id: string, call: Pick<CallContext, 'tenant' | 'principal'>): Promise<readonly string[] | undefined> {
    const stored = await this.store.find(id, call);
    if (stored === undefined) return undefined;
    this.policy.admitRead(stored.statement, call);
    const visibility = new PlanVisibility(call);
    return stored.plans.map(plan => writePlan(redacted(readPlan(plan), visibility)));
  }
}
