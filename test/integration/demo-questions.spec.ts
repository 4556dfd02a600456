/**
 * The questions that people ask of the demo: as SQL of a model, and by the definitions of config/knowledge.example.yaml.
 * The expected values are computed from raw rows in TypeScript. The clock of the sandbox stands still at days at which
 * calculations with dates go wrong, so that no answer depends on when the test runs; a real SQL Server's clock cannot be
 * stopped (test/sqlserver/demo-seed.spec.ts).
 */
import { startSandbox, type Sandbox } from 'tsql-sandbox';
import { Evaluation } from '../../src/knowledge/evaluation/evaluation.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { sandboxConfig } from '../support/database.js';
import {
  acquisitionCosts,
  customersOf,
  failedPayments,
  lastQuarter,
  monthsBefore,
  monthStart,
  patternsByMonth,
  retention,
  revenueByCategory,
} from '../support/demo/expected-answers.js';
import { type RawRows, readRawRows } from '../support/demo/raw-rows.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const date = (time: number) => new Date(time).toISOString().slice(0, 10);
/** The first whole second that is not before this time. */
const wholeSecond = (time: number) => new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19);

const settings = { knowledge: 'config/knowledge.example.yaml' };

async function openDemo(now: number) {
  const sandbox = await startSandbox({ seed: 'demo', time: now });
  const config = sandboxConfig(sandbox);
  const database = { config, sandbox: true, execute: () => Promise.resolve(), close: () => sandbox.close() };
  return { sandbox, rows: await readRawRows(config), tools: await toolServices(database, { settings }) };
}

describe.each([
  '2027-01-01T00:00:00.000Z',
  '2028-02-29T23:59:59.997Z',
  '2027-04-01T00:00:02.500Z',
  '2026-12-31T23:59:59.000Z',
  '2026-11-30T14:30:00.000Z',
])('the demo at %s', start => {
  const now = Date.parse(start);
  let sandbox: Sandbox;
  let tools: ToolServices;
  let rows: RawRows;
  beforeAll(async () => {
    ({ sandbox, tools, rows } = await openDemo(now));
  }, 60_000);
  afterAll(async () => {
    await tools?.close();
    await sandbox?.close();
  });

  const run = async (tool: string, args: object) => (await tools.call(tool, args)).data as { rows: unknown[][] };
  const sql = async (query: string) => (await run('execute_sql', { query })).rows;
  const query = async (name: string, parameters: object = {}) => (await run('run_query', { name, parameters })).rows;
  const metric = async (args: object) => (await run('query_metric', args)).rows;

  describe('revenue by category last quarter', () => {
    it('as SQL', async () => {
      const wanted = revenueByCategory(rows, lastQuarter(now));
      expect(wanted).toHaveLength(9);
      const answer = await sql(`SELECT c.CategoryName, SUM(od.LineTotal * (1 - od.Discount)) AS Revenue
FROM sales.OrderDetails od
JOIN sales.Orders o ON od.OrderID = o.OrderID
JOIN dbo.Products p ON od.ProductID = p.ProductID
LEFT JOIN dbo.Categories c ON p.CategoryID = c.CategoryID
WHERE o.OrderDate >= DATEADD(QUARTER, DATEDIFF(QUARTER, 0, GETDATE()) - 1, 0)
  AND o.OrderDate < DATEADD(QUARTER, DATEDIFF(QUARTER, 0, GETDATE()), 0)
  AND o.Status <> 'cancelled'
GROUP BY c.CategoryName
ORDER BY Revenue DESC`);
      expect(answer.map(([category]) => category)).toEqual(wanted.map(([category]) => category));
      // Discount is a real, so that the sum is a float unless it is cast.
      for (const [i, [, revenue]] of answer.entries()) expect(revenue).toBeCloseTo(wanted[i]?.[1] ?? NaN, 2);
    });

    it('by the definitions', async () => {
      const span = lastQuarter(now);
      const wanted = revenueByCategory(rows, span);
      expect(await query('revenue_by_category')).toEqual(wanted);
      const period = { from: date(span.from), to: date(span.to - DAY) };
      expect(await query('revenue_by_category', { from_date: period.from, to_date: period.to })).toEqual(wanted);
      const byMetric = await metric({ metric: 'revenue', dimensions: ['category'], ...period });
      expect(new Map(byMetric as [string, number][])).toEqual(new Map(wanted));
    });
  });

  describe('failed transactions of the last hour', () => {
    it('as SQL', async () => {
      const wanted = failedPayments(rows, { from: now - HOUR, to: now + 1 });
      expect(wanted.length).toBeGreaterThan(0);
      const answer = await sql(`SELECT TransactionID, CreatedAt, ErrorCode FROM finance.Transactions
WHERE Status = 'failed' AND CreatedAt >= DATEADD(HOUR, -1, GETDATE()) ORDER BY TransactionID`);
      expect(answer.map(([id]) => id)).toEqual(wanted);
      expect(answer.every(([, , error]) => typeof error === 'string')).toBe(true);
    });

    it('by the definitions', async () => {
      const wanted = failedPayments(rows, { from: now - HOUR, to: now + 1 });
      const answer = await query('recent_failed_transactions');
      expect(answer.map(([id]) => Number(id)).sort((a, b) => a - b)).toEqual(wanted);
      const times = answer.map(([, at]) => String(at));
      expect(times).toEqual([...times].sort().reverse());
      // Payments have whole seconds, and query_metric takes them; a time in `to` is not included.
      const range = { from: wholeSecond(now - HOUR), to: wholeSecond(now + 1) };
      expect(await metric({ metric: 'failed payments', ...range })).toEqual([[wanted.length]]);
    });

    it('have been made in the last 7 days, never later than now', () => {
      const times = rows.payments.map(({ CreatedAt }) => CreatedAt.getTime());
      expect(Math.max(...times)).toBeLessThanOrEqual(now);
      expect(Math.min(...times)).toBeGreaterThan(now - 7 * DAY - 1000);
    });
  });

  describe('acquisition cost by region', () => {
    const span = { from: monthStart(now, -12), to: monthStart(now, 0) };

    it('as SQL', async () => {
      const wanted = acquisitionCosts(rows, span);
      expect(wanted).toHaveLength(4);
      const answer = await sql(`WITH months AS (
  SELECT DATEADD(MONTH, -12, DATEFROMPARTS(YEAR(GETDATE()), MONTH(GETDATE()), 1)) AS first_day,
         DATEFROMPARTS(YEAR(GETDATE()), MONTH(GETDATE()), 1) AS next_day
), customers AS (
  SELECT c.Region, COUNT(*) AS new_customers FROM sales.Customers c CROSS JOIN months m
  WHERE c.CreatedAt >= m.first_day AND c.CreatedAt < m.next_day GROUP BY c.Region
)
SELECT s.Region, SUM(s.Amount) AS spend, MAX(c.new_customers) AS new_customers,
  ROUND(CAST(SUM(s.Amount) AS float) / NULLIF(MAX(c.new_customers), 0), 6) AS cac
FROM marketing.Spend s CROSS JOIN months m LEFT JOIN customers c ON c.Region = s.Region
WHERE s.SpendMonth >= m.first_day AND s.SpendMonth < m.next_day
GROUP BY s.Region ORDER BY s.Region`);
      expect(answer.map(row => row.slice(0, 3))).toEqual(wanted.map(row => row.slice(0, 3)));
      for (const [i, [, , , cost]] of answer.entries()) expect(cost).toBeCloseTo(wanted[i]?.[3] ?? NaN, 5);
    });

    it('by the definitions', async () => {
      const wanted = acquisitionCosts(rows, span);
      const answer = await query('acquisition_cost_by_region');
      expect(answer.map(row => row.slice(0, 3))).toEqual(wanted.map(row => row.slice(0, 3)));
      // Money has four digits, and a quotient of money is cut after them.
      for (const [i, [, , , cost]] of answer.entries()) expect(cost).toBeCloseTo(wanted[i]?.[3] ?? NaN, 3);
      const period = { dimensions: ['region'], from: date(span.from), to: date(span.to - DAY) };
      const spent = await metric({ metric: 'marketing_spend', ...period });
      expect(new Map(spent as [string, number][])).toEqual(new Map(wanted.map(([region, amount]) => [region, amount])));
      const acquired = await metric({ metric: 'new_customers', ...period });
      expect(new Map(acquired as [string, number][])).toEqual(
        new Map(wanted.map(([region, , count]) => [region, count])),
      );
    });
  });

  it('customers in California, in three ways', async () => {
    const wanted = customersOf(rows, 'California');
    expect(wanted.length).toBeGreaterThan(5);
    const answer = await sql(`SELECT CustomerID, CompanyName, City FROM sales.Customers
WHERE Country = 'USA' AND State = 'California' ORDER BY CustomerID`);
    expect(answer.map(([id]) => id)).toEqual(wanted);
    const listed = await query('customers_by_state', { state: 'California' });
    expect(listed.map(row => String(row[3])).sort()).toEqual(wanted);
    expect(await query('customers_by_state')).toHaveLength(rows.customers.length);
    const byState = await metric({ metric: 'new_customers', dimensions: ['state'] });
    expect(new Map(byState as [string, number][]).get('California')).toBe(wanted.length);
  });

  it('purchase patterns of six months', async () => {
    const wanted = patternsByMonth(rows, { from: monthStart(now, -6), to: monthStart(now, 0) });
    expect(wanted).toHaveLength(6);
    const answer = await sql(`SELECT FORMAT(o.OrderDate, 'yyyy-MM') AS Month, COUNT(DISTINCT o.OrderID) AS Orders,
  COUNT(DISTINCT o.CustomerID) AS Customers, SUM(od.Quantity) AS Units,
  SUM(od.UnitPrice * od.Quantity * (1 - CAST(od.Discount AS decimal(5,2)))) AS Revenue
FROM sales.Orders o JOIN sales.OrderDetails od ON o.OrderID = od.OrderID
WHERE o.OrderDate >= DATEADD(MONTH, -6, DATEFROMPARTS(YEAR(GETDATE()), MONTH(GETDATE()), 1))
  AND o.OrderDate < DATEFROMPARTS(YEAR(GETDATE()), MONTH(GETDATE()), 1) AND o.Status <> 'cancelled'
GROUP BY FORMAT(o.OrderDate, 'yyyy-MM') ORDER BY Month`);
    expect(answer.map(([month, ...values]) => [`${String(month)}-01`, ...values])).toEqual(wanted);
    const verified = await query('purchase_patterns');
    expect(verified.map(row => [row[0], row[1], row[2], row[4], row[5]])).toEqual(wanted);
    for (const [, orders, customers, each, , net, average] of verified) {
      expect(each).toBeCloseTo(Number(orders) / Number(customers), 9);
      expect(average).toBeCloseTo(Number(net) / Number(orders), 4);
    }
  });

  it.each([
    ['Who are our best customers?', 'procedure', 'top_customers'],
    ['best customers', 'procedure', 'top_customers'],
    ['do our customers come back', 'query', 'customer_retention'],
  ])('are led by the search: %s', async (words, type, name) => {
    await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(30_000));
    const { data } = await tools.call('search_schema', { words });
    const definitions = data.matches.filter(({ kind }: { kind: string }) => kind === 'definition');
    expect(definitions[0]).toMatchObject({ type, name });
  });

  it('retention', async () => {
    const [early, middle] = [monthsBefore(now, 24), monthsBefore(now, 12)];
    const wanted = retention(rows, { from: early, to: middle }, { from: middle, to: now + 1 });
    expect(wanted[2]).toBeGreaterThan(0.5);
    expect(wanted[2]).toBeLessThan(1);
    expect(await query('customer_retention')).toEqual([wanted]);
    const answer = await sql(`WITH b AS (
  SELECT DISTINCT CustomerID, CASE WHEN OrderDate < DATEADD(YEAR, -1, CAST(GETDATE() AS date)) THEN 'before' ELSE 'after' END AS p
  FROM sales.Orders WHERE Status <> 'cancelled' AND OrderDate >= DATEADD(YEAR, -2, CAST(GETDATE() AS date))
)
SELECT COUNT(x.CustomerID) AS Earlier, COUNT(y.CustomerID) AS Returned
FROM b x LEFT JOIN b y ON y.p = 'after' AND y.CustomerID = x.CustomerID WHERE x.p = 'before'`);
    expect(answer).toEqual([wanted.slice(0, 2)]);
  });

  it('orders of today', async () => {
    const wanted = rows.orders.filter(({ OrderDate }) => date(OrderDate.getTime()) === date(now)).length;
    expect(wanted).toBeGreaterThan(0);
    expect(await sql('SELECT COUNT(*) FROM sales.Orders WHERE OrderDate >= CAST(GETDATE() AS date)')).toEqual([
      [wanted],
    ]);
  });
});

describe('the definitions of the demo', () => {
  const first = Date.parse('2026-11-30T14:30:00Z');

  it('fit its database, and are evaluated the same on another day', async () => {
    const [today, later] = await Promise.all([openDemo(first), openDemo(first + 100 * DAY)]);
    try {
      const evaluate = async ({ tools }: typeof today, recorded: Parameters<Evaluation['run']>[2]) => {
        const signal = AbortSignal.timeout(20_000);
        const knowledge = await tools.module.get(KnowledgeService).proved(tools.tenant, signal);
        expect(knowledge?.proof?.items.filter(({ state }) => state !== 'proved')).toEqual([]);
        const evaluation = new Evaluation(tools.module.get(QueryService, { strict: false }));
        return evaluation.run(tools.tenant, knowledge!.definitions, recorded, signal);
      };
      const recorded = Object.fromEntries((await evaluate(today, {})).map(({ name, result }) => [name, result!]));
      expect(Object.values(recorded).filter(({ row_count }) => row_count === 0)).toEqual([]);
      const again = await evaluate(later, recorded);
      expect(again.map(({ name, verdict }) => [name, verdict])).toEqual(
        Object.keys(recorded).map(name => [name, 'same']),
      );
      // It is the definition that says so: the rows themselves are others.
      expect(again.filter(({ name, result }) => result?.sha256 !== recorded[name]?.sha256).length).toBeGreaterThan(3);
    } finally {
      for (const { tools, sandbox } of [today, later]) {
        await tools.close();
        await sandbox.close();
      }
    }
  }, 60_000);
});
