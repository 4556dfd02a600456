import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { expected, type OracleRequest } from '../support/knowledge/metric-oracle.js';
import { SHOP_KNOWLEDGE, SHOP_SCRIPT } from '../support/knowledge/shop-rows.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

type Filter = { dimension: string; op: string; value?: unknown };
interface Case {
  readonly ask: object & { filters?: readonly Filter[] };
  readonly oracle: OracleRequest;
}

const of = (ask: object, oracle: Partial<OracleRequest> = {}): Case => {
  const {
    metric = '',
    metrics,
    dimensions,
    grain,
  } = ask as { metric?: string; metrics?: string[]; dimensions?: string[]; grain?: string };
  const names = metrics ?? [metric];
  return {
    ask,
    oracle: { metrics: names, ...(dimensions && { dimensions }), ...(grain && { grain }), ...oracle } as OracleRequest,
  };
};
const filtered = (metric: string, filter: Filter, where: OracleRequest['where']): Case =>
  of({ metric, filters: [filter] }, { where });

const ALL = [
  'revenue',
  'sale_count',
  'buyers',
  'smallest',
  'largest',
  'average_quantity',
  'unit_price',
  'void_rate',
  'clicks',
];
const YEAR = { from: '2025-01-01', to: '2025-12-31' };
const IN_YEAR = ['2025-01-01', '2026-01-01'] as const;

const CASES: readonly Case[] = [
  // Each aggregate over all rows, by a dimension, and by month.
  ...ALL.map(metric => of({ metric })),
  ...ALL.map(metric => of({ metric, dimensions: ['product_group'] })),
  ...ALL.map(metric =>
    of({ metric, grain: 'month', from: '2025-01-01', to: '2025-06-30' }, { range: ['2025-01-01', '2025-07-01'] }),
  ),
  // Joins to the one side, NULL groups, expressions, several dimensions and metrics.
  of({ metric: 'revenue', dimensions: ['region'] }),
  of({ metric: 'buyers', dimensions: ['region', 'state'] }),
  of({ metric: 'sale_count', dimensions: ['customer'] }),
  of({ metric: 'unit_price', dimensions: ['size'] }),
  of({ metric: 'average_quantity', dimensions: ['size', 'product_group', 'region'] }),
  of({ metrics: ['sale_count', 'buyers', 'void_rate'], dimensions: ['state'] }),
  of({ metrics: ['revenue', 'sale_count'], dimensions: ['region'] }),
  // Each operator of a filter.
  filtered('revenue', { dimension: 'state', op: '=', value: 'done' }, row => row['state'] === 'done'),
  filtered('sale_count', { dimension: 'state', op: '!=', value: 'done' }, row => row['state'] !== 'done'),
  filtered('sale_count', { dimension: 'quantity', op: '<', value: 5 }, row => row.sale.quantity < 5),
  filtered('sale_count', { dimension: 'quantity', op: '<=', value: 5 }, row => row.sale.quantity <= 5),
  filtered('clicks', { dimension: 'quantity', op: '>', value: 5 }, row => row.sale.quantity > 5),
  filtered('largest', { dimension: 'quantity', op: '>=', value: 5 }, row => row.sale.quantity >= 5),
  filtered('revenue', { dimension: 'category', op: 'in', value: ['Tools', 'Wood'] }, row =>
    ['Tools', 'Wood'].includes(String(row['product_group'])),
  ),
  filtered(
    'buyers',
    { dimension: 'quantity', op: 'between', value: [3, 6] },
    row => row.sale.quantity >= 3 && row.sale.quantity <= 6,
  ),
  filtered('sale_count', { dimension: 'customer', op: 'like', value: "O'Hara%" }, row =>
    String(row['customer']).startsWith("O'Hara"),
  ),
  filtered('sale_count', { dimension: 'region', op: 'null', value: true }, row => row['region'] === null),
  filtered('sale_count', { dimension: 'region', op: 'null', value: false }, row => row['region'] !== null),
  filtered('revenue', { dimension: 'customer', op: '=', value: "x'; DROP TABLE shop.Sales --" }, () => false),
  // Every grain, over the changes of clocks of both years.
  ...(['day', 'week', 'month', 'quarter', 'year', 'fiscal_year'] as const).map(grain =>
    of({ metric: 'revenue', grain }),
  ),
  of({ metric: 'sale_count', grain: 'quarter', dimensions: ['region'], ...YEAR }, { range: IN_YEAR }),
  of(
    { metric: 'daily_sales', grain: 'month', from: '2030-01-01', to: '2030-12-31' },
    { range: ['2030-01-01', '2031-01-01'] },
  ),
  of({ metric: 'void_rate', from: '2030', to: '2030' }, { range: ['2030-01-01', '2031-01-01'] }),
  of({ metric: 'revenue', from: '2030', to: '2030' }, { range: ['2030-01-01', '2031-01-01'] }),
  of(
    { metric: 'sale_count', from: '2025-03-30T01:30', to: '2025-03-30T04:30' },
    { range: ['2025-03-30 01:30', '2025-03-30 04:30'] },
  ),
  of({ metric: 'revenue', from: 'FY2025', dimensions: ['state'] }, { range: ['2024-04-01', '2025-04-01'] }),
  of({ metric: 'sale_count', from: '2025-05-01' }, { range: ['2025-05-01', undefined] }),
  of({ metric: 'sale_count', to: '2025-05-01' }, { range: [undefined, '2025-05-02'] }),
  // Comparisons.
  of(
    { metric: 'revenue', from: '2025-Q2', compare: 'previous_period' },
    { range: ['2025-04-01', '2025-07-01'], before: { range: ['2025-01-01', '2025-04-01'] } },
  ),
  of(
    { metric: 'revenue', ...YEAR, compare: 'same_period_last_year', dimensions: ['region'] },
    { range: IN_YEAR, before: { range: ['2024-01-01', '2025-01-01'] } },
  ),
  of(
    { metric: 'sale_count', from: '2025-05-05', to: '2025-05-14', compare: 'previous_period' },
    { range: ['2025-05-05', '2025-05-15'], before: { range: ['2025-04-25', '2025-05-05'] } },
  ),
  of(
    { metric: 'sale_count', ...YEAR, grain: 'month', compare: 'previous_period' },
    { range: IN_YEAR, before: { range: ['2024-12-01', '2025-12-01'], months: 1 } },
  ),
  of(
    { metric: 'unit_price', ...YEAR, grain: 'quarter', compare: 'same_period_last_year' },
    { range: IN_YEAR, before: { range: ['2024-01-01', '2025-01-01'], months: 12 } },
  ),
  of(
    { metric: 'buyers', from: '2025-05-05', to: '2025-06-29', grain: 'week', compare: 'same_period_last_year' },
    { range: ['2025-05-05', '2025-06-30'], before: { range: ['2024-05-06', '2024-07-01'], days: 364 } },
  ),
  of(
    { metrics: ['revenue', 'sale_count'], from: '2025-02', compare: 'previous_period' },
    { range: ['2025-02-01', '2025-03-01'], before: { range: ['2025-01-01', '2025-02-01'] } },
  ),
  of(
    { metric: 'void_rate', from: '2024-02-01', to: '2024-02-29', compare: 'previous_period' },
    { range: ['2024-02-01', '2024-03-01'], before: { range: ['2024-01-01', '2024-02-01'] } },
  ),
  of(
    { metric: 'sale_count', from: '2025-03-01', to: '2025-03-10', grain: 'day', compare: 'previous_period' },
    { range: ['2025-03-01', '2025-03-11'], before: { range: ['2025-02-28', '2025-03-10'], days: 1 } },
  ),
];

describe('query_metric', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SHOP_SCRIPT);
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-metrics-')), 'knowledge.yaml');
    writeFileSync(file, SHOP_KNOWLEDGE);
    tools = await toolServices(database, { settings: { knowledge: file }, limits: { maxResultBytes: 200_000 } });
  }, 60_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('is tried with at least 60 calls', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(60);
  });

  it.each(CASES.map(each => [JSON.stringify(each.ask), each] as const))(
    'computes %s as the raw rows say',
    async (_text, { ask, oracle }) => {
      const { data } = await tools.call('query_metric', ask);
      expect(data.truncated).toBe(false);
      const groups = (oracle.grain === undefined ? 0 : 1) + (oracle.dimensions?.length ?? 0);
      const keyOf = (row: readonly unknown[]) => row.slice(0, groups).join('|');
      const found = Object.fromEntries((data.rows as unknown[][]).map(row => [keyOf(row), row.slice(groups)]));
      const wanted = expected(oracle);
      expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
      expect(data.rows).toHaveLength(Object.keys(wanted).length);
      for (const [key, values] of Object.entries(wanted)) {
        for (const [i, value] of values.entries()) {
          const got = found[key]?.[i] as number | null;
          if (value === null || got === null) expect([key, got]).toEqual([key, value]);
          // Sums are exact; a quotient of floats has 15 digits.
          else expect(Math.abs(Number(got) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-12 + 1e-9);
        }
      }
    },
  );

  it('says which definition it used, the statement that ran, and the range', async () => {
    const { data } = await tools.call('query_metric', {
      metric: 'Turnover',
      from: '2025-Q2',
      dimensions: ['category'],
    });
    expect(data).toMatchObject({
      definition: {
        name: 'revenue',
        owner: 'ana',
        verified_on: '2026-11-02',
        unit: 'EUR',
        meaning: expect.stringContaining('not void'),
      },
      note: 'The range is from 2025-04-01T00:00:00 to before 2025-07-01T00:00:00.',
    });
    const again = await tools.call('execute_sql', { query: data.sql, parameters: data.parameters });
    expect(again.data.rows).toEqual(data.rows);
  });

  it('has values of filters as parameters only', async () => {
    const value = "Tools' OR 1=1 --";
    const { data } = await tools.call('query_metric', {
      metric: 'revenue',
      filters: [{ dimension: 'category', op: '=', value }],
    });
    expect(data.sql).not.toContain('OR 1=1');
    expect(data.parameters).toEqual({ p1: { type: 'varchar(8000)', value } });
    expect(data.rows).toEqual([[null]]);
  });

  it('refuses a join that would count rows twice', async () => {
    await expect(tools.call('query_metric', { metric: 'revenue', dimensions: ['target'] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('customer_target would count rows twice'),
    });
  });

  it.each([
    [{ metric: 'revenu' }, 'UNKNOWN_DEFINITION', /no metric named "revenu"/, /Did you mean revenue/],
    [{}, 'INVALID_ARGUMENT', /at least one metric/, /revenue/],
    [{ metrics: ['revenue', 'customers'] }, 'INVALID_ARGUMENT', /one of them would count twice/, /once for each/],
    [
      { metrics: ['sale_count', 'daily_sales'], grain: 'month' },
      'INVALID_ARGUMENT',
      /different time columns/,
      /once for each/,
    ],
    [{ metric: 'revenue', dimensions: ['colour'] }, 'INVALID_ARGUMENT', /"colour" is no dimension/, /product_group/],
    [{ metric: 'customers', grain: 'month' }, 'INVALID_ARGUMENT', /no time column/, undefined],
    [{ metric: 'revenue', compare: 'previous_period' }, 'INVALID_ARGUMENT', /needs a range/, /last quarter/],
    [{ metric: 'revenue', from: 'soon' }, 'INVALID_ARGUMENT', /"soon" is not a date/, /last quarter/],
    [{ metric: 'daily_sales', from: 'last hour' }, 'INVALID_ARGUMENT', /dates without a time/, undefined],
    [
      { metric: 'revenue', dimensions: ['state'], order_by: ['profit'] },
      'INVALID_ARGUMENT',
      /"profit" is no column/,
      /revenue/,
    ],
    [
      { metric: 'revenue', filters: [{ dimension: 'state', op: '=' }] },
      'INVALID_ARGUMENT',
      /takes one value/,
      undefined,
    ],
    [
      { metric: 'revenue', filters: [{ dimension: 'state', op: 'in', value: 'done' }] },
      'INVALID_ARGUMENT',
      /takes a list/,
      undefined,
    ],
    [
      { metric: 'revenue', filters: [{ dimension: 'state', op: 'between', value: [1] }] },
      'INVALID_ARGUMENT',
      /list of two/,
      undefined,
    ],
    [
      { metric: 'revenue', filters: [{ dimension: 'state', op: '~', value: 1 }] },
      'INVALID_ARGUMENT',
      /filters/,
      undefined,
    ],
  ])('refuses %j with a sentence that helps', async (ask, code, message, hint) => {
    const error = await tools.call('query_metric', ask).then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { hint?: string },
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    if (hint !== undefined) expect(error?.hint).toMatch(hint);
  });

  it('sorts as it is told, and otherwise the largest first', async () => {
    const values = async (more: object) =>
      (
        (await tools.call('query_metric', { metric: 'sale_count', dimensions: ['state'], ...more })).data.rows as [
          string,
          number,
        ][]
      ).map(([, count]) => count);
    const usual = await values({});
    expect(usual).toEqual([...usual].sort((a, b) => b - a));
    expect(await values({ order_by: ['sale_count'] })).toEqual([...usual].reverse());
    const first = await tools.call('query_metric', { metric: 'sale_count', dimensions: ['state'], limit: 1 });
    expect(first.data).toMatchObject({ rows: [[expect.anything(), usual[0]]], truncated: true });
  });
});
