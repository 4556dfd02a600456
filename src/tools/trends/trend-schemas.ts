import { z } from 'zod';
import { definition } from '../results/result-schemas.js';
import { CATEGORIES } from './statistics/categories.js';
import { DIRECTIONS, UNCLEAR_BELOW } from './statistics/linear-trend.js';
import { TREND_GRAINS } from './trend-window.js';

const total = z.union([z.number(), z.string()]).describe('exact; a string where no double has the value');
const double = z.number().nullable();
const count = z.int().min(0);

export const trendOutput = z.strictObject({
  period: z.strictObject({
    from: z.string(),
    to: z.string().describe('included'),
    grain: z.enum(TREND_GRAINS),
    time_zone: z.string(),
  }),
  rows: z.array(
    z.strictObject({
      date: z.string().describe('the first day of the period'),
      total: total.nullable(),
      moving_average: double.describe('of up to 7 periods'),
      category: z.enum(CATEGORIES).nullable().describe('High from the 75th percentile up, Low down to the 25th'),
      partial: z.literal(true).optional().describe('not over yet, so that statistics leave it out'),
    }),
  ),
  trend: z.strictObject({
    direction: z
      .enum(DIRECTIONS)
      .describe(`unclear: r_squared is below ${UNCLEAR_BELOW}, or there are too few periods`),
    slope: double.describe('from one period to the next'),
    r_squared: double,
  }),
  volatility: double.describe('standard deviation / mean'),
  outliers: z.array(
    z.strictObject({ date: z.string(), total: total, score: z.number().describe('robust z-score, beyond 3.5') }),
  ),
  weekday_pattern: z.array(z.strictObject({ weekday: z.string(), average: z.number(), days: count })).optional(),
  previous_period: z
    .strictObject({
      from: z.string(),
      to: z.string(),
      total: total.nullable(),
      current_total: total.nullable(),
      change: total.nullable(),
      change_ratio: double,
    })
    .optional(),
  gaps: z.array(z.string()).describe('periods without rows'),
  not_counted: z
    .strictObject({ future: count.optional(), undated: count.optional(), null_values: count.optional() })
    .optional()
    .describe('rows'),
  note: z.string().optional(),
  definition: definition.optional().describe('where the numbers come from; name it'),
  sql: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});

export type TrendOutput = z.infer<typeof trendOutput>;
