import { z } from 'zod';
import { Tool } from '../tool.decorator.js';
import type { InputOf, ToolCall, ToolHandler } from '../tool.js';
import { TREND_AGGREGATES } from './table-source.js';
import { TrendAnswers } from './trend-answers.js';
import { type TrendOutput, trendOutput } from './trend-schemas.js';
import { TREND_GRAINS } from './trend-window.js';

const MAX_DAYS = 3_660;
const name = z.string().max(450).optional();

const tableInput = z.strictObject({
  table: name,
  date_column: name,
  metric_column: name,
  aggregate: z.enum(TREND_AGGREGATES).default('sum'),
  period_days: z.int().min(1).max(MAX_DAYS).default(30),
  grain: z.enum(TREND_GRAINS).default('day'),
  to: z.string().max(40).optional().describe('last day; today'),
});
const input = tableInput.extend({ metric: name.describe('instead of a table') });

@Tool({
  name: 'analyze_trends',
  title: 'Analyze trends',
  description:
    'Totals of a column or metric by period, with moving average, direction, outliers and the period before.',
  scope: 'sql:read',
  readOnly: true,
  idempotent: true,
  openWorld: false,
  mayTakeLong: true,
  input,
  output: trendOutput,
  forTenant: ({ config }) => (config.knowledge === undefined ? { input: tableInput } : {}),
})
export class AnalyzeTrendsTool implements ToolHandler<typeof input, typeof trendOutput> {
  constructor(private readonly trends: TrendAnswers) {}

  execute(given: InputOf<typeof input>, call: ToolCall): Promise<TrendOutput> {
    return this.trends.answer(given, call);
  }
}
