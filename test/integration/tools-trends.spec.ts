import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const DAY = 86_400_000;
const at = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), new Date().getUTCDate());
/** A day as many days ago. */
const day = (ago: number): string => new Date(at - ago * DAY).toISOString().slice(0, 10);

/** The value of a day 1 … 40 days ago: a line of slope 2 with an outlier 12 days ago. No rows 5 days ago. */
const VALUES = Array.from({ length: 40 }, (_, i) => i + 1)
  .filter(ago => ago !== 5)
  .map(ago => ({ ago, value: ago === 12 ? 1000 : 200 - 2 * ago }));

const SCRIPT = `
CREATE SCHEMA trend;
GO
CREATE TABLE trend.[Daily Sales] (
  ID int NOT NULL PRIMARY KEY,
  SoldOn date NULL,
  SoldAt datetimeoffset NULL,
  Amount decimal(28,4) NULL,
  Quantity int NULL,
  Written varchar(10) NULL,
  Secret int NULL
);
GO
INSERT INTO trend.[Daily Sales] (ID, SoldOn, Amount, Quantity, Written, Secret) VALUES
${VALUES.map(({ ago, value }, i) => `(${i + 1}, '${day(ago)}', ${value}, 1, '${day(ago)}', 1)`).join(',\n')},
(101, '${day(-3)}', 5, 1, NULL, NULL),
(102, '${day(-400)}', 5, 1, NULL, NULL),
(103, NULL, 5, 1, NULL, NULL),
(104, '${day(2)}', NULL, 1, NULL, NULL),
(105, '${day(650)}', 1, 1, NULL, NULL);
GO
CREATE TABLE trend.Few (At datetime2(3) NOT NULL, Value float NULL);
GO
INSERT INTO trend.Few VALUES ('2025-03-10T09:00:00', 1.5), ('2025-03-10T10:00:00', 2), ('2025-03-12T00:00:00', NULL);
GO
CREATE TABLE trend.Exact (At date NOT NULL, Value decimal(38,4) NOT NULL);
GO
INSERT INTO trend.Exact VALUES ('2025-03-01', 123456789012345678901234567890.1234), ('2025-04-01', 0.0001);
GO
CREATE TABLE trend.Huge (At date NOT NULL, Value float NOT NULL);
GO
INSERT INTO trend.Huge VALUES ('2025-03-01', 1.5e308), ('2025-03-02', 1e308), ('2025-03-03', -1e308), ('2025-03-04', 1);
GO
CREATE TABLE trend.Tiny (At date NOT NULL, Value float NOT NULL);
GO
INSERT INTO trend.Tiny VALUES ('2025-03-01', 1e-200), ('2025-03-02', 3e-200), ('2025-03-03', 2e-200), ('2025-03-04', 5e-200);
GO
CREATE TABLE trend.Restarted (At date NOT NULL, Value int NOT NULL);
GO
INSERT INTO trend.Restarted VALUES ('2025-01-25', 1), ('2025-03-05', 2);
GO
CREATE TABLE trend.Nothing (At date NOT NULL, Value int NOT NULL);
GO
CREATE TABLE trend.Moments (At datetimeoffset NOT NULL, Value int NOT NULL);
GO
INSERT INTO trend.Moments VALUES ('2025-06-30T22:30:00+00:00', 7), ('2025-07-01T21:59:00+00:00', 1);
GO
CREATE TABLE trend.Long (At date NOT NULL, Value decimal(9,2) NOT NULL);
GO
INSERT INTO trend.Long VALUES
${Array.from({ length: 400 }, (_, ago) => `('${day(ago)}', ${(10_000 + ((ago * 7919) % 9973) + 0.37).toFixed(2)})`).join(',\n')};
GO
CREATE TABLE trend.Wide (At datetime NOT NULL, Small int NOT NULL, Big bigint NOT NULL, Whole decimal(38,0) NOT NULL);
GO
INSERT INTO trend.Wide VALUES
${['04', '05', '05'].map(d => `('2025-03-${d}T00:00:00', 2147483647, 9223372036854775807, ${'9'.repeat(38)})`).join(',\n')};
GO
CREATE VIEW trend.Seen AS SELECT SoldOn, Amount FROM trend.[Daily Sales];
GO
CREATE SYNONYM trend.Same FOR trend.[Daily Sales];
`;

const KNOWLEDGE = `
calendar: { time_zone: Europe/Berlin, first_day_of_week: sunday }
metrics:
  - name: turnover
    meaning: What was sold.
    table: trend.Daily Sales
    expression: SUM(Amount)
    filter: Quantity > 0
    time_column: SoldOn
    owner: finance
  - name: price
    meaning: The average price.
    table: trend.Daily Sales
    expression: SUM(Amount) / SUM(Quantity)
    time_column: SoldOn
    owner: finance
  - name: timeless
    meaning: No date.
    table: trend.Daily Sales
    expression: SUM(Amount)
    owner: finance
`;

const TABLE = { table: 'trend.Daily Sales', date_column: 'SoldOn', metric_column: 'Amount' };

describe('analyze_trends', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  let defined: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-trends-')), 'knowledge.yaml');
    writeFileSync(file, KNOWLEDGE);
    tools = await toolServices(database, { settings: { protectedColumns: ['Secret'] } });
    defined = await toolServices(database, { settings: { knowledge: file } });
  });
  afterAll(async () => {
    await tools.close();
    await defined.close();
    await database.close();
  });

  const analyze = async (args: object) => (await tools.call('analyze_trends', args)).data;

  it('returns the trend of a column over the last 30 days, without a knowledge file', async () => {
    const data = await analyze(TABLE);
    expect(data.period).toEqual({ from: day(29), to: day(0), grain: 'day', time_zone: 'UTC' });
    expect(data.rows).toHaveLength(30);
    expect(data.rows[0]).toEqual({ date: day(29), total: 142, moving_average: 142, category: 'Low' });
    // (142 + 144 + … + 154) / 7
    expect(data.rows[6]).toMatchObject({ date: day(23), total: 154, moving_average: 148 });
    expect(data.rows[24]).toMatchObject({ date: day(5), total: 0, category: 'Low' });
    expect(data.rows[29]).toEqual({
      date: day(0),
      total: 0,
      moving_average: expect.any(Number),
      category: 'Low',
      partial: true,
    });
    expect(data.gaps).toEqual([day(5), day(0)]);
    expect(data.outliers).toEqual([
      { date: day(12), total: 1000, score: expect.any(Number) },
      { date: day(5), total: 0, score: expect.any(Number) },
    ]);
    // The outlier takes the line its meaning.
    expect(data.trend.direction).toBe('unclear');
    expect(data.weekday_pattern.map(({ weekday }: { weekday: string }) => weekday)[0]).toBe('monday');
    expect(data.not_counted).toEqual({ future: 2, undated: 1, null_values: 1 });
    expect(data.note).toContain('without rows have the total 0');
    expect(data.sql).toContain('FROM [trend].[Daily Sales] AS t0');
    expect(Object.values(data.parameters)).toContainEqual({ type: 'date', value: day(29) });
  });

  it('computes trend, volatility and the period before as they are computed by hand', async () => {
    const data = await analyze({ ...TABLE, period_days: 4, to: day(1) });
    expect(data.rows.map(({ total }: { total: number }) => total)).toEqual([192, 194, 196, 198]);
    expect(data.trend).toEqual({ direction: 'up', slope: 2, r_squared: expect.closeTo(1, 12) });
    // The mean is 195, the squares add up to 20.
    expect(data.volatility).toBeCloseTo(Math.sqrt(20 / 3) / 195, 12);
    expect(data.previous_period).toEqual({
      from: day(8),
      to: day(5),
      total: 184 + 186 + 188,
      current_total: 780,
      change: 222,
      change_ratio: 222 / 558,
    });
    expect(data.weekday_pattern).toBeUndefined();
    expect(data.rows.some(({ partial }: { partial?: true }) => partial === true)).toBe(false);
  });

  it('adds up weeks and months, and compares them with as many before', async () => {
    const weeks = await analyze({
      ...TABLE,
      grain: 'week',
      period_days: 21,
      aggregate: 'count',
      metric_column: 'Quantity',
    });
    const first = new Date(`${weeks.rows[0].date}T00:00:00Z`);
    expect(first.getUTCDay()).toBe(1);
    expect(weeks.rows[0].total).toBeGreaterThan(5);
    expect(weeks.rows.at(-1).partial).toBe(new Date(at).getUTCDay() === 0 ? undefined : true);
    expect(weeks.previous_period.from).toBe(
      new Date(first.getTime() - weeks.rows.length * 7 * DAY).toISOString().slice(0, 10),
    );
    const months = await analyze({
      table: 'trend.Exact',
      date_column: 'At',
      metric_column: 'Value',
      grain: 'month',
      period_days: 20,
      to: '2025-04-20',
    });
    expect(months.rows).toEqual([
      { date: '2025-04-01', total: 0.0001, moving_average: 0.0001, category: 'Normal', partial: true },
    ]);
    // Not a digit of a decimal is lost.
    expect(months.previous_period).toEqual({
      from: '2025-03-01',
      to: '2025-03-20',
      total: '123456789012345678901234567890.1234',
      current_total: 0.0001,
      change: '-123456789012345678901234567890.1233',
      change_ratio: expect.closeTo(-1, 12),
    });
  });

  it('has an answer for a series of one day, of NULLs, and for none at all', async () => {
    const few = { table: 'trend.Few', date_column: 'At', metric_column: 'Value' };
    const one = await analyze({ ...few, period_days: 1, to: '2025-03-10' });
    expect(one).toMatchObject({
      rows: [{ date: '2025-03-10', total: 3.5, moving_average: 3.5, category: 'Normal' }],
      trend: { direction: 'unclear', slope: null, r_squared: null },
      volatility: null,
      outliers: [],
      gaps: [],
    });
    const withNull = await analyze({ ...few, period_days: 30, to: '2025-03-12' });
    expect(withNull.rows).toEqual([
      { date: '2025-03-10', total: 3.5, moving_average: 3.5, category: 'High' },
      { date: '2025-03-11', total: 0, moving_average: 1.75, category: 'Low' },
      { date: '2025-03-12', total: null, moving_average: 1.75, category: null },
    ]);
    expect(withNull).toMatchObject({ gaps: ['2025-03-11'], not_counted: { null_values: 1 } });
    expect(withNull.note).toContain('The series begins on 2025-03-10');
    const old = await analyze(few);
    expect(old).toMatchObject({ rows: [], trend: { direction: 'unclear', slope: null, r_squared: null } });
    expect(old.note).toContain('call again with to: "2025-03-12"');
    const none = await analyze({ table: 'trend.Nothing', date_column: 'At', metric_column: 'Value' });
    expect(none.note).toContain('and none before');
  });

  it('leaves gaps of an average empty, which a sum fills with 0', async () => {
    const few = { table: 'trend.Few', date_column: 'At', metric_column: 'Value', period_days: 3, to: '2025-03-12' };
    const totals = async (aggregate: string) =>
      (await analyze({ ...few, aggregate })).rows.map(({ total }: { total: unknown }) => total);
    expect(await totals('avg')).toEqual([1.75, null, null]);
    expect(await totals('min')).toEqual([1.5, null, null]);
    expect(await totals('max')).toEqual([2, null, null]);
    expect(await totals('count')).toEqual([2, 0, 0]);
  });

  it('finds views and synonyms, and names however they are written', async () => {
    const totals = async (args: object) => (await analyze({ ...TABLE, ...args })).rows;
    const expected = await totals({});
    expect(await totals({ table: 'trend.Seen' })).toEqual(expected);
    expect(await totals({ table: 'Same' })).toEqual(expected);
    expect(await totals({ table: '[TREND].[daily sales]', date_column: '[soldon]', metric_column: 'AMOUNT' })).toEqual(
      expected,
    );
  });

  it.each([
    ['a text as date', { date_column: 'Written' }, 'its type is varchar(10)', 'date columns are SoldOn, SoldAt'],
    ['a number as date', { date_column: 'Quantity' }, 'its type is int', 'date columns are SoldOn, SoldAt'],
    [
      'a text as number',
      { metric_column: 'Written' },
      'varchar(10)',
      'numeric columns are ID, Amount, Quantity, Secret',
    ],
    ['an unknown column', { metric_column: 'Amounts' }, 'Did you mean Amount?', 'numeric columns'],
    ['no number', { metric_column: undefined }, 'metric_column is missing', undefined],
    ['no table', { table: undefined }, 'table is missing', undefined],
    ['the future', { to: day(-1) }, 'in the future', undefined],
    ['no day', { to: 'soon' }, 'is not a date', undefined],
  ])('refuses %s with a hint', async (_what, args, message, hint) => {
    const refused = tools.call('analyze_trends', { ...TABLE, ...args });
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
      ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) }),
    });
  });

  it('fits 120 days by day into the usual limit, and refuses what does not fit', async () => {
    const days = { table: 'trend.Long', date_column: 'At', metric_column: 'Value' };
    expect((await analyze({ ...days, period_days: 120 })).rows).toHaveLength(120);
    await expect(tools.call('analyze_trends', { ...days, period_days: 360 })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
    expect((await analyze({ ...days, period_days: 360, grain: 'week' })).rows.length).toBeGreaterThan(50);
    const long = { ...TABLE, period_days: 700 };
    for (const period_days of [700, 3_660])
      await expect(tools.call('analyze_trends', { ...long, period_days })).rejects.toMatchObject({
        code: 'RESULT_TOO_LARGE',
        hint: 'Ask for fewer days, or a longer grain than day.',
      });
    await expect(tools.call('analyze_trends', { ...long, grain: 'month' })).resolves.toBeDefined();
  });

  it('refuses protected columns, and tables that the person may not read', async () => {
    await expect(tools.call('analyze_trends', { ...TABLE, metric_column: 'Secret' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const principal = testPrincipal('eve', { access: { tables: ['trend.Few'] } });
    await expect(tools.call('analyze_trends', TABLE, { principal })).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
  });

  it('protects columns, and not the names that its own statement has', async () => {
    const services = await toolServices(database, {
      settings: { protectedColumns: ['total', 'p*', 'trend.Few.Value'] },
    });
    try {
      expect((await services.call('analyze_trends', TABLE)).data.rows).toHaveLength(30);
      const few = { table: 'trend.Few', date_column: 'At', metric_column: 'Value' };
      await expect(services.call('analyze_trends', few)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: 'The column "Value" is protected here.',
      });
    } finally {
      await services.close();
    }
  });

  it('fills the gaps of a series that began in the part of a month which the period before leaves out', async () => {
    // Two months until 10 March: the period before ends on 10 January.
    const months = { table: 'trend.Restarted', date_column: 'At', metric_column: 'Value', grain: 'month' };
    const data = await analyze({ ...months, period_days: 20, to: '2025-03-10' });
    expect(data.rows.map(({ date, total }: { date: string; total: number }) => [date, total])).toEqual([
      ['2025-02-01', 0],
      ['2025-03-01', 2],
    ]);
    expect(data.gaps).toEqual(['2025-02-01']);
  });

  it('refuses totals that are too large or too small for the statistics', async () => {
    const tiny = { table: 'trend.Tiny', date_column: 'At', metric_column: 'Value', to: '2025-03-04', period_days: 4 };
    await expect(tools.call('analyze_trends', tiny)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('too small for the statistics'),
    });
    const few = { to: '2025-03-04', period_days: 4, aggregate: 'max' };
    const huge = { table: 'trend.Huge', date_column: 'At', metric_column: 'Value', ...few };
    await expect(tools.call('analyze_trends', huge)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('too large for the statistics'),
    });
  });

  it.each([
    ['Small', 4_294_967_294],
    ['Big', '18446744073709551614'],
  ])('adds up whole numbers in a wider type: %s', async (metric_column, total) => {
    const wide = { table: 'trend.Wide', date_column: 'At', metric_column, to: '2025-03-05', period_days: 2 };
    expect((await analyze(wide)).rows.map((row: { total: unknown }) => row.total)).toEqual([expect.anything(), total]);
  });

  it('says what to do where no type is wide enough', async () => {
    const whole = { table: 'trend.Wide', date_column: 'At', metric_column: 'Whole', to: '2025-03-05' };
    await expect(tools.call('analyze_trends', whole)).rejects.toMatchObject({
      code: 'SQL_ERROR',
      details: { number: 8115 },
      hint: expect.stringMatching(/Ask for a shorter period\. Add them up in a wider type with a SELECT of your own/),
    });
  });

  it.each(['1753-01-10', '1700-05-05', '0001-01-02'])(
    'answers for days before those that a column can have: %s',
    async to => {
      for (const table of [
        { table: 'trend.Wide', date_column: 'At', metric_column: 'Small' },
        { table: 'trend.Few', date_column: 'At', metric_column: 'Value' },
        { table: 'trend.Exact', date_column: 'At', metric_column: 'Value' },
        { table: 'trend.Moments', date_column: 'At', metric_column: 'Value' },
      ])
        expect((await analyze({ ...table, to })).note).toMatch(/^There are no rows from .*, and none before\.$/);
    },
  );

  it('takes a metric of the definitions, in their time zone', async () => {
    const { data } = await defined.call('analyze_trends', { metric: 'turnover', period_days: 4, to: day(1) });
    expect(data).toMatchObject({
      period: { time_zone: 'Europe/Berlin' },
      definition: { name: 'turnover', owner: 'finance' },
      previous_period: { total: 558, current_total: 780 },
      trend: { direction: 'up', slope: 2 },
    });
    expect(data.sql).toContain('[Quantity] > 0');
    const price = await defined.call('analyze_trends', { metric: 'price', period_days: 3, to: day(4) });
    expect(price.data.rows.map(({ total }: { total: unknown }) => total)).toEqual([188, null, 192]);
    await expect(defined.call('analyze_trends', { metric: 'timeless' })).rejects.toMatchObject({
      message: expect.stringContaining('no time column'),
    });
    await expect(defined.call('analyze_trends', { metric: 'unknown' })).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
    });
    await expect(defined.call('analyze_trends', { metric: 'turnover', table: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining('leave out table'),
    });
  });

  it('counts moments as days of the calendar', async () => {
    const moments = { table: 'trend.Moments', date_column: 'At', metric_column: 'Value', period_days: 2 };
    const berlin = await defined.call('analyze_trends', { ...moments, to: '2025-07-01' });
    expect(berlin.data.rows).toMatchObject([{ date: '2025-07-01', total: 8 }]);
    const utc = await tools.call('analyze_trends', { ...moments, to: '2025-07-01' });
    expect(utc.data.rows).toMatchObject([
      { date: '2025-06-30', total: 7 },
      { date: '2025-07-01', total: 1 },
    ]);
  });
});
