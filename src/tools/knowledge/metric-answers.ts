import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../../database/call-context.js';
import { QueryService } from '../../database/query/query.service.js';
import { isoText } from '../../knowledge/calendar/local-date-sql.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import type { MetricRequest } from '../../knowledge/metrics/metric-request.js';
import { type MetricStatement, metricStatement } from '../../knowledge/metrics/metric-statement.js';
import { ReadStatement } from '../builtin/read-statement.js';
import { cachePlan } from './cache-plan.js';
import type { DefinitionOutput, SqlOutput } from '../results/result-schemas.js';
import type { ToolCall, ToolOutput } from '../tool.js';

const MAX_NAMED = 20;

/** Computes metrics: makes one SELECT of a request, checks that no join counts twice, and runs it. */
@Injectable()
export class MetricAnswers {
  constructor(
    private readonly views: KnowledgeViews,
    private readonly queries: QueryService,
    private readonly statements: ReadStatement,
  ) {}

  /** Throws AppError UNKNOWN_DEFINITION, INVALID_ARGUMENT, and those of QueryService. */
  async answer(
    request: MetricRequest,
    { limit, refresh = false }: { limit?: number | undefined; refresh?: boolean | undefined },
    call: ToolCall,
  ): Promise<ToolOutput<SqlOutput>> {
    const view = await this.views.proved(call);
    if (view === undefined) throw new AppError('UNKNOWN_DEFINITION', 'This tenant has no definitions.');
    if (view.knowledge.proof === undefined) throw notProved();
    for (const name of request.metrics) assertFits(name, view);
    const statement = metricStatement(request, view.metrics, view.knowledge.definitions.calendar, Date.now());
    const { sql, parameters } = statement;
    const extras = {
      definition: definitionsOf(statement, view),
      sql,
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      ...noteOf(statement, request.dimensions !== undefined),
    };
    const definitions = statement.metrics.map(({ definition }) => definition);
    const plan = cachePlan(definitions, [view.knowledge.sha256, extras.definition]);
    return this.statements.run({ query: sql, parameters, max_rows: limit }, call, {
      paged: false,
      quiet: true,
      extras,
      cache: plan === undefined ? undefined : { ...plan, refresh },
      prepare: at => this.assertNoDuplicates(statement, at),
    });
  }

  /** A join without a key in the database may find two rows for one, and then each sum would be wrong. */
  private async assertNoDuplicates({ checks }: MetricStatement, call: CallContext): Promise<void> {
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

function definitionsOf({ metrics }: MetricStatement, view: KnowledgeView): DefinitionOutput | DefinitionOutput[] {
  const all = metrics.map(({ definition: { name, owner, verified_on, meaning, unit } }) => ({
    name,
    owner,
    meaning,
    ...(verified_on === undefined ? {} : { verified_on }),
    ...(unit === undefined ? {} : { unit }),
    ...(view.isUnverified('metric', name) ? { unverified: true as const } : {}),
  }));
  const [first, ...others] = all;
  return first === undefined || others.length > 0 ? all : first;
}

/** Says which days the answer is about, because "last quarter" depends on the day, and what else could be asked. */
function noteOf({ range: { start, end }, grain, metrics }: MetricStatement, isDivided: boolean): { note?: string } {
  const from = start === undefined ? '' : ` from ${isoText(start)}`;
  const to = end === undefined ? '' : ` to before ${isoText(end)}`;
  const dimensions = isDivided ? [] : (metrics[0]?.dimensions ?? []).map(({ definition }) => definition.name);
  const sentences = [
    ...(from + to === '' ? [] : [`The range is${from}${to}.`]),
    ...(grain === undefined ? [] : ['Periods without rows are left out.']),
    ...(dimensions.length === 0
      ? []
      : [`It can be divided and filtered by ${dimensions.slice(0, MAX_NAMED).join(', ')}.`]),
  ];
  return sentences.length === 0 ? {} : { note: sentences.join(' ') };
}
