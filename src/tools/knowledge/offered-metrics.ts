import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../../database/call-context.js';
import { QueryService } from '../../database/query/query.service.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import type { JoinCheck } from '../../knowledge/metrics/metric-statement.js';
import type { ResolvedMetric } from '../../knowledge/model/resolved-metric.js';
import type { DefinitionOutput } from '../results/result-schemas.js';
import type { ToolCall } from '../tool.js';

/** Finds the metrics that a person may use, and checks the data that their joins depend on. */
@Injectable()
export class OfferedMetrics {
  constructor(
    private readonly views: KnowledgeViews,
    private readonly queries: QueryService,
  ) {}

  /** Throws AppError UNKNOWN_DEFINITION for a metric that no longer fits, and DATABASE_UNAVAILABLE before the first proof. */
  async viewFor(names: readonly string[], call: ToolCall): Promise<KnowledgeView> {
    const view = await this.views.proved(call);
    if (view === undefined) throw new AppError('UNKNOWN_DEFINITION', 'This tenant has no definitions.');
    if (view.knowledge.proof === undefined) throw notProved();
    for (const name of names) assertFits(name, view);
    return view;
  }

  /** Throws AppError INVALID_ARGUMENT when a join without a key in the database would count rows twice. */
  async assertNoDuplicates(checks: readonly JoinCheck[], call: CallContext): Promise<void> {
    for (const { join, sql } of checks) {
      const { resultSets } = await this.queries.read(sql, call, { maxRows: 1 });
      if ((resultSets[0]?.rows.length ?? 0) === 0) continue;
      throw new AppError(
        'INVALID_ARGUMENT',
        `The join ${join} would count rows twice: its key occurs more than once.`,
        {
          hint: 'Leave out the dimensions that need this join. An administrator must correct the join or the data.',
        },
      );
    }
  }
}

/** Throws AppError UNKNOWN_DEFINITION for a metric that no longer fits the database. */
function assertFits(name: string, view: KnowledgeView): void {
  const reason = view.reasonOfMetric(name);
  if (reason === undefined) return;
  throw new AppError('UNKNOWN_DEFINITION', `The metric ${name} no longer fits the database: ${reason}`, {
    hint: 'An administrator must correct it in the knowledge file. Write a statement of your own meanwhile, and say so.',
  });
}

function notProved(): AppError {
  return new AppError('DATABASE_UNAVAILABLE', 'The definitions could not be compared with the database yet.', {
    hint: 'Try again in a few seconds.',
  });
}

/** The part of an answer that names the definition of a metric. */
export function originOfMetric({ definition }: ResolvedMetric, view: KnowledgeView): DefinitionOutput {
  const { name, owner, verified_on, meaning, unit } = definition;
  return {
    name,
    owner,
    meaning,
    ...(verified_on === undefined ? {} : { verified_on }),
    ...(unit === undefined ? {} : { unit }),
    ...(view.isUnverified('metric', name) ? { unverified: true as const } : {}),
  };
}
