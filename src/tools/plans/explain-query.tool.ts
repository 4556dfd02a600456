import { z } from 'zod';
import { PlanExplainer } from '../../plans/plan-explainer.js';
import { planUri } from '../../plans/plan-uri.js';
import { WARNING_KINDS } from '../../plans/showplan/plan-warnings.js';
import { ErrorHints } from '../builtin/error-hints.js';
import { readInput } from '../builtin/sql-input.js';
import { Tool } from '../tool.decorator.js';
import type { InputOf, OutputOf, ToolCall, ToolHandler } from '../tool.js';

/** The answer has the operators that cost most; the XML has all. */
const MAX_OPERATORS = 40;
const MAX_WARNINGS = 20;

const { query, parameters } = readInput.shape;
const input = z.strictObject({
  query,
  parameters,
  actual: z.boolean().default(false).describe('also run and measure it; its rows are not returned'),
});

const operator = z.strictObject({
  id: z.int(),
  parent: z.int().optional(),
  operator: z.string(),
  object: z.string().optional(),
  index: z.string().optional(),
  cost_percent: z.number(),
  estimated_rows: z.number(),
  actual_rows: z.number().optional(),
  executions: z.number().optional(),
  rows_read: z.number().optional(),
  table_rows: z.number().optional(),
});

const output = z.strictObject({
  summary: z.array(z.string()),
  cost: z.number().describe("in the optimizer's unit"),
  rows: z.strictObject({ estimated: z.number(), actual: z.number().optional() }),
  operators: z.array(operator),
  warnings: z.array(z.strictObject({ kind: z.enum(WARNING_KINDS), text: z.string(), operator: z.int().optional() })),
  missing_indexes: z
    .array(z.strictObject({ table: z.string(), impact_percent: z.number(), create: z.string() }))
    .describe('for an administrator; never run here'),
  plan_uri: z.string().optional().describe('a resource with the plan as XML, for an hour'),
  note: z.string().optional(),
});

@Tool({
  name: 'explain_query',
  title: 'Explain a query',
  description:
    'Returns the plan of one SELECT without running it: the operators that cost most, scans, missing statistics and indexes. Use it when a query is slow or timed out. With actual: true it also runs, so that estimates can be compared.',
  scope: 'sql:read',
  readOnly: true,
  openWorld: false,
  mayTakeLong: true,
  input,
  output,
  auditedStatement: given => given.query,
})
export class ExplainQueryTool implements ToolHandler<typeof input, typeof output> {
  constructor(
    private readonly explainer: PlanExplainer,
    private readonly hints: ErrorHints,
  ) {}

  async execute(given: InputOf<typeof input>, call: ToolCall): Promise<OutputOf<typeof output>> {
    const { query: statement, parameters: values, actual } = given;
    const { summary, facts, rows, planId } = await this.explainer
      .explain({ statement, parameters: values, actual }, call)
      .catch(async (error: unknown) => {
        throw await this.hints.explain(error, statement, call);
      });
    const hasValues = Object.keys(values ?? {}).length > 0;
    const costly = [...facts.operators].sort((a, b) => b.cost_percent - a.cost_percent).slice(0, MAX_OPERATORS);
    return {
      summary: [...summary],
      cost: facts.cost,
      rows: { estimated: facts.estimatedRows, ...(rows === undefined ? {} : { actual: rows }) },
      operators: facts.operators.filter(each => costly.includes(each)),
      warnings: facts.warnings.slice(0, MAX_WARNINGS),
      missing_indexes: [...facts.missingIndexes],
      ...(planId === undefined ? {} : { plan_uri: planUri(planId) }),
      ...(hasValues && !actual
        ? { note: 'The estimates do not use the values of the parameters. With actual: true they do.' }
        : {}),
    };
  }
}
