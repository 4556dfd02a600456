import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { protectedColumns } from '../../common/column-patterns.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import { parseObjectName } from '../../database/object-name.js';
import { QueryService } from '../../database/query/query.service.js';
import { localTime } from '../../knowledge/calendar/time-zone.js';
import { type Calendar, USUAL_CALENDAR } from '../../knowledge/file/definitions.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import { findMetrics } from '../../knowledge/metrics/metric-request.js';
import { explainOverflow } from '../knowledge/overflow.js';
import { OfferedMetrics, originOfMetric } from '../knowledge/offered-metrics.js';
import type { DefinitionOutput } from '../results/result-schemas.js';
import type { ToolCall } from '../tool.js';
import { isZeroWithoutRows, missing, tableSource, type TrendAggregate } from './table-source.js';
import { dayText, trendReport } from './trend-report.js';
import type { TrendOutput } from './trend-schemas.js';
import { newestStatement, type TrendSource, type TrendStatement, trendStatement } from './trend-statement.js';
import { totalsOf } from './trend-totals.js';
import { type TrendWindow, type WindowRequest, windowOf } from './trend-window.js';

/** Rows of a statement besides one for each period: one for the whole of each part. */
const OTHER_ROWS = 12;

export interface TrendRequest extends WindowRequest {
  readonly table?: string | undefined;
  readonly date_column?: string | undefined;
  readonly metric_column?: string | undefined;
  readonly aggregate: TrendAggregate;
  readonly metric?: string | undefined;
}

interface FoundSource {
  readonly source: TrendSource;
  readonly definition?: DefinitionOutput;
}

/** Analyses how the totals of a column or a metric develop. The database computes the totals; this computes the statistics. */
@Injectable()
export class TrendAnswers {
  constructor(
    private readonly catalog: CatalogService,
    private readonly views: KnowledgeViews,
    private readonly metrics: OfferedMetrics,
    private readonly queries: QueryService,
  ) {}

  /** Throws AppError INVALID_ARGUMENT, UNKNOWN_DEFINITION, RESULT_TOO_LARGE, and those of the catalogue and QueryService. */
  async answer(request: TrendRequest, call: ToolCall): Promise<TrendOutput> {
    const now = Date.now();
    const calendar = this.views.of(call)?.knowledge.definitions.calendar ?? USUAL_CALENDAR;
    const window = windowOf(request, localTime(now, calendar.time_zone), calendar);
    const { maxRows, maxResultBytes } = call.tenant.config.limits;
    if (window.periods.length + OTHER_ROWS > maxRows) throw tooLong(window);
    const { source, definition } = await this.sourceOf(request, call);
    assertUnprotected(source, call.tenant.config.protectedColumns);
    const statement = trendStatement(source, window, calendar, now);
    const totals = totalsOf(
      await this.rows(statement, call).catch((error: unknown) => {
        throw explainOverflow(error, definition !== undefined);
      }),
    );
    const { notes, ...report } = trendReport(totals, window, {
      calendar,
      isZeroWithoutRows: isZeroWithoutRows(source.metric.expression),
      countsValues: source.value !== undefined,
    });
    const all = report.rows.length === 0 ? [await this.emptyNote(source, window, calendar, now, call)] : notes;
    const { sql, parameters } = statement;
    const answer: TrendOutput = {
      ...report,
      ...(all.length === 0 ? {} : { note: all.join(' ') }),
      ...(definition === undefined ? {} : { definition }),
      sql,
      parameters: { ...parameters },
    };
    if (Buffer.byteLength(JSON.stringify(answer)) > maxResultBytes) throw tooLong(window);
    return answer;
  }

  private async sourceOf(request: TrendRequest, call: ToolCall): Promise<FoundSource> {
    const { table, date_column: date, metric_column, aggregate, metric } = request;
    if (metric !== undefined) {
      const mixed = Object.entries({ table, date_column: date, metric_column }).find(
        ([, value]) => value !== undefined,
      );
      if (mixed !== undefined) throw mixedForms(mixed[0]);
      return this.metricSource(metric, call);
    }
    if (table === undefined) throw missing('table', 'Name a table, or a metric of the definitions.');
    if (date === undefined) throw missing('date_column', 'Name the column that has the date of a row.');
    const described = await this.catalog.table(call.tenant, parseObjectName(table), lookupFor(call));
    return { source: tableSource(described, { date_column: date, metric_column, aggregate }) };
  }

  private async metricSource(name: string, call: ToolCall): Promise<FoundSource> {
    const view = await this.metrics.viewFor([name], call);
    const [metric] = findMetrics([name], view.metrics);
    if (metric.time === undefined) {
      throw new AppError('INVALID_ARGUMENT', `${metric.definition.name} has no time column, so it has no trend.`, {
        hint: 'An administrator can give it one in the knowledge file (time_column).',
        details: { parameter: 'metric' },
      });
    }
    return { source: { metric, time: metric.time }, definition: originOfMetric(metric, view) };
  }

  private async rows({ sql, parameters, checks }: TrendStatement, call: ToolCall) {
    await this.metrics.assertNoDuplicates(checks, call);
    // The statement has few rows whose size is known, so the limit of bytes holds for the answer that is made of them.
    const { resultSets } = await this.queries.read(sql, call, { parameters, measureRow: () => 0 });
    return resultSets[0]?.rows ?? [];
  }

  private async emptyNote(
    source: TrendSource,
    window: TrendWindow,
    calendar: Calendar,
    now: number,
    call: ToolCall,
  ): Promise<string> {
    const [[newest] = []] = await this.rows(newestStatement(source, window, calendar, now), call);
    const days = `from ${dayText(window.start)} to ${dayText(window.end - 1)}`;
    return typeof newest === 'string'
      ? `There are no rows ${days}. The newest one before is of ${newest}: call again with to: "${newest}".`
      : `There are no rows ${days}, and none before.`;
  }
}

/** A total by day can be the value of one row. Throws AppError PERMISSION_DENIED. */
function assertUnprotected({ metric, time }: TrendSource, patterns: readonly string[]): void {
  const isProtected = protectedColumns(patterns);
  for (const { table, column } of [time.column, ...metric.columns.values()]) {
    if (!isProtected({ schema: table.schema, table: table.name, column: column.name })) continue;
    throw new AppError('PERMISSION_DENIED', `The column ${JSON.stringify(column.name)} is protected here.`, {
      hint: 'Choose another column or metric.',
      details: { column: column.name },
    });
  }
}

function mixedForms(argument: string): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    `A metric has a table, columns and an aggregate itself: leave out ${argument}.`,
    {
      details: { parameter: argument },
    },
  );
}

function tooLong({ periods, grain }: TrendWindow): AppError {
  return new AppError('RESULT_TOO_LARGE', `The answer would have ${periods.length} periods, which is more than fits.`, {
    hint: grain === 'month' ? 'Ask for fewer days.' : `Ask for fewer days, or a longer grain than ${grain}.`,
  });
}
