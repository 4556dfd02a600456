import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

// The numbers are computed here a second time, from the raw rows and by other formulas than those of the code.

const DAY = 86_400_000;
const END = Date.UTC(2025, 3, 10);
const ZONE = 'Europe/Madrid';

interface Row {
  readonly at: number;
  /** In hundredths. */
  readonly cents: number | null;
}

/** Park and Miller: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Two months of rows by the minute, with days that have none, NULLs, and the day on which clocks change (2025-03-30). */
function rowsOf(seed: number): readonly Row[] {
  const random = randomNumbers(seed);
  const rows: Row[] = [];
  for (let day = END - 80 * DAY; day < END; day += DAY) {
    const count = random() < 0.1 ? 0 : Math.ceil(random() * 4);
    for (let i = 0; i < count; i++) {
      const at = day + Math.floor(random() * 1440) * 60_000;
      rows.push({ at, cents: random() < 0.05 ? null : Math.round((random() - 0.2) * 100_000) });
    }
  }
  return rows;
}

const localDay = (at: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(at);
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const textOf = (day: number): string => new Date(day).toISOString().slice(0, 10);
const plus = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const rest = place % 1;
  return (sorted[Math.trunc(place)] ?? 0) * (1 - rest) + (sorted[Math.ceil(place)] ?? 0) * rest;
};

/** The totals of `count` periods up to the last day, in hundredths; null where all values are NULL. */
function totalsOf(rows: readonly Row[], starts: readonly number[], end: number): readonly (number | null)[] {
  return starts.map((start, i) => {
    const until = starts[i + 1] ?? end;
    const found = rows.filter(({ at }) => dayOf(localDay(at)) >= start && dayOf(localDay(at)) < until);
    const values = found.flatMap(({ cents }) => (cents === null ? [] : [cents]));
    return found.length > 0 && values.length === 0 ? null : plus(values);
  });
}

describe('the numbers of analyze_trends', () => {
  const series = [1, 2, 3, 4].map(rowsOf);
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const [i, rows] of series.entries()) {
      const values = rows.map(({ at, cents }) => {
        // The same moment, written with one offset or another.
        const hours = i % 2 === 0 ? 0 : 9;
        const text = new Date(at + hours * 3_600_000).toISOString().slice(0, 19);
        return `('${text}+0${hours}:00', ${cents === null ? 'NULL' : (cents / 100).toFixed(2)})`;
      });
      await database.execute(`CREATE TABLE dbo.Series${i} (At datetimeoffset NOT NULL, Amount decimal(19,2) NULL)
GO
INSERT INTO dbo.Series${i} VALUES ${values.join(', ')}`);
    }
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-numbers-')), 'knowledge.yaml');
    writeFileSync(file, `calendar: { time_zone: ${ZONE}, first_day_of_week: sunday }\n`);
    tools = await toolServices(database, { settings: { knowledge: file } });
  });
  afterAll(async () => {
    await tools?.close();
    await database?.close();
  });

  const analyze = async (table: number, args: object) =>
    (
      await tools.call('analyze_trends', {
        table: `dbo.Series${table}`,
        date_column: 'At',
        metric_column: 'Amount',
        to: '2025-04-05',
        ...args,
      })
    ).data;

  it.each([0, 1, 2, 3])('are those of the raw rows, by day (series %i)', async table => {
    const rows = series[table] ?? [];
    const data = await analyze(table, { period_days: 35 });
    const end = dayOf('2025-04-06');
    const starts = Array.from({ length: 35 }, (_, i) => end - (35 - i) * DAY);
    const totals = totalsOf(rows, starts, end).map(cents => (cents === null ? null : cents / 100));
    const values = totals.filter(total => total !== null);
    const shown = data.rows as {
      date: string;
      total: number | null;
      moving_average: number;
      category: string | null;
    }[];
    expect(shown.map(({ date, total }) => [date, total])).toEqual(starts.map((day, i) => [textOf(day), totals[i]]));

    const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
    for (const [i, { moving_average: average, category }] of shown.entries()) {
      const last = totals.slice(Math.max(0, i - 6), i + 1).filter(total => total !== null);
      expect(average).toBeCloseTo(plus(last) / last.length, 8);
      const total = totals[i] ?? null;
      const expected = total === null ? null : total >= high ? 'High' : total <= low ? 'Low' : 'Normal';
      expect(category).toBe(expected);
    }

    // The normal equations, not the centred sums.
    const points = totals.flatMap((y, x) => (y === null ? [] : [{ x, y }]));
    const [n, x, y] = [points.length, plus(points.map(p => p.x)), plus(points.map(p => p.y))];
    const [xx, xy, yy] = [p2(points, 'x', 'x'), p2(points, 'x', 'y'), p2(points, 'y', 'y')];
    const slope = (n * xy - x * y) / (n * xx - x * x);
    const rSquared = (n * xy - x * y) ** 2 / ((n * xx - x * x) * (n * yy - y * y));
    expect(data.trend.slope).toBeCloseTo(slope, 8);
    expect(data.trend.r_squared).toBeCloseTo(rSquared, 8);
    expect(data.trend.direction).toBe(rSquared < 0.3 ? 'unclear' : slope > 0 ? 'up' : 'down');
    expect(data.volatility).toBeCloseTo(Math.sqrt((yy - (y * y) / n) / (n - 1)) / Math.abs(y / n), 8);

    const middle = quantile(values, 0.5);
    const spread = quantile(values.map(value => Math.abs(value - middle)), 0.5); // prettier-ignore
    const outliers = totals.flatMap((total, i) =>
      total !== null && Math.abs((0.6745 * (total - middle)) / spread) > 3.5 ? [textOf(starts[i] ?? 0)] : [],
    );
    expect(data.outliers.map(({ date }: { date: string }) => date)).toEqual(outliers);

    const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
    expect(data.weekday_pattern).toEqual(
      weekdays.map((weekday, index) => {
        const own = totals.filter((total, i) => total !== null && new Date(starts[i] ?? 0).getUTCDay() === index);
        return { weekday, average: expect.closeTo(plus(own as number[]) / own.length, 8), days: own.length };
      }),
    );

    const gaps = starts.filter(day => !rows.some(({ at }) => localDay(at) === textOf(day))).map(textOf);
    expect(data.gaps).toEqual(gaps);
    const [before = 0] = totalsOf(rows, [end - 70 * DAY], end - 35 * DAY);
    const now = plus(totals.map(total => Math.round((total ?? 0) * 100)));
    expect(data.previous_period).toMatchObject({
      from: textOf(end - 70 * DAY),
      to: textOf(end - 36 * DAY),
      total: (before ?? 0) / 100,
      current_total: now / 100,
      change: (now - (before ?? 0)) / 100,
    });
    expect(data.not_counted?.null_values ?? 0).toBe(
      rows.filter(
        ({ at, cents }) => cents === null && localDay(at) >= textOf(end - 35 * DAY) && at < end - 2 * 3_600_000,
      ).length,
    );
  });

  it('are those of the raw rows where midnight is left out when clocks change', async () => {
    const zone = 'Africa/Cairo';
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-numbers-')), 'knowledge.yaml');
    writeFileSync(file, `calendar: { time_zone: ${zone} }\n`);
    const cairo = await toolServices(database, { settings: { knowledge: file } });
    const halfHours = Array.from({ length: 336 }, (_, i) => Date.UTC(2024, 3, 22) + i * 1_800_000);
    await database.execute(`CREATE TABLE dbo.HalfHours (At datetimeoffset NOT NULL)
GO
INSERT INTO dbo.HalfHours VALUES ${halfHours.map(at => `('${new Date(at).toISOString().slice(0, 19)}Z')`).join(', ')}`);
    const dates = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
    const countOf = (date: string) => halfHours.filter(at => dates.format(at) === date).length;
    try {
      // 2024-04-26 begins at 1:00: as first day of a window, and just after the last one.
      for (const to of ['2024-04-25', '2024-04-27']) {
        const days = [1, 0].map(ago => textOf(dayOf(to) - ago * DAY));
        const args = { table: 'dbo.HalfHours', date_column: 'At', aggregate: 'count', period_days: 2, to };
        const { data } = await cairo.call('analyze_trends', args);
        expect(data.rows).toMatchObject(days.map(date => ({ date, total: countOf(date) })));
        const before = [3, 2].map(ago => countOf(textOf(dayOf(to) - ago * DAY)));
        expect(data.previous_period).toMatchObject({ total: plus(before), current_total: plus(days.map(countOf)) });
      }
    } finally {
      await cairo.close();
    }
  });

  it.each([0, 1, 2, 3])('are those of the raw rows, by week from Sunday on (series %i)', async table => {
    const data = await analyze(table, { period_days: 28, grain: 'week' });
    const end = dayOf('2025-04-06');
    const starts = Array.from({ length: 4 }, (_, i) => end - (4 - i) * 7 * DAY);
    const totals = totalsOf(series[table] ?? [], starts, end).map(cents => (cents ?? 0) / 100);
    expect(data.rows.map(({ date, total }: { date: string; total: number }) => [date, total])).toEqual(
      starts.map((day, i) => [textOf(day), totals[i]]),
    );
  });
});

function p2(points: readonly { x: number; y: number }[], a: 'x' | 'y', b: 'x' | 'y'): number {
  return plus(points.map(point => point[a] * point[b]));
}
