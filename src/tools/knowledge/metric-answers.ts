import { Injectable } from '@nestjs/common';
import type { CallContext } from '../../database/call-context.js';
import { isoText } from '../../knowledge/calendar/local-date-sql.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import type { MetricRequest } from '../../knowledge/metrics/metric-request.js';
import { type MetricStatement, metricStatement } from '../../knowledge/metrics/metric-statement.js';
import { ReadStatement } from '../builtin/read-statement.js';
import { cachePlan } from './cache-plan.js';
import type { DefinitionOutput, SqlOutput } from '../results/result-schemas.js';
import type { ToolCall, ToolOutput } from '../tool.js';
import { explainOverflow } from './overflow.js';
import { OfferedMetrics, originOfMetric } from './offered-metrics.js';

const MAX_NAMED = 20;

/** Computes metrics: makes one SELECT of a request, checks that no join counts twice, and runs it. */
@Injectable()
export class MetricAnswers {
  constructor(
    private readonly metrics: OfferedMetrics,
    private readonly statements: ReadStatement,
  ) {}

  /** Throws AppError UNKNOWN_DEFINITION, INVALID_ARGUMENT, and those of QueryService. */
  async answer(
    request: MetricRequest,
    { limit, refresh = false }: { limit?: number | undefined; refresh?: boolean | undefined },
    call: ToolCall,
  ): Promise<ToolOutput<SqlOutput>> {
    const view = await this.metrics.viewFor(request.metrics, call);
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
    const options = {
      paged: false,
      quiet: true,
      extras,
      cache: plan === undefined ? undefined : { ...plan, refresh },
      prepare: (at: CallContext) => this.metrics.assertNoDuplicates(statement.checks, at),
    };
    return this.statements.run({ query: sql, parameters, max_rows: limit }, call, options).catch((error: unknown) => {
      throw explainOverflow(error, true);
    });
  }
}

function definitionsOf({ metrics }: MetricStatement, view: KnowledgeView): DefinitionOutput | DefinitionOutput[] {
  const all = metrics.map(metric => originOfMetric(metric, view));
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
