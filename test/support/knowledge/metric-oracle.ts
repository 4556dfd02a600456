import { customers, products, regions, type Sale, sales } from './shop-rows.js';

/** A request to query_metric, as far as the oracle understands it. */
export interface OracleRequest {
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[];
  /** Whether a row passes the filters. */
  readonly where?: (row: OracleRow) => boolean;
  readonly grain?: 'day' | 'week' | 'month' | 'quarter' | 'year' | 'fiscal_year';
  /** Local times of Berlin as ISO texts; the end is not included. */
  readonly range?: readonly [string | undefined, string | undefined];
  /** The range and the shift of the earlier period: months or days. */
  readonly before?: { readonly range: readonly [string, string]; readonly months?: number; readonly days?: number };
}

export interface OracleRow extends Record<string, unknown> {
  readonly sale: Sale;
  readonly local: string | null;
}

const LOCAL = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'medium' });

/** `2024-03-31 03:30:00`, by the wall clock. */
const localOf = (at: number | null): string | null => (at === null ? null : LOCAL.format(at));

const rows: readonly OracleRow[] = sales.map(sale => {
  const customer = customers.find(({ id }) => id === sale.customer);
  return {
    sale,
    local: localOf(sale.at),
    state: sale.state,
    product_group: products.find(({ id }) => id === sale.product)?.group ?? null,
    customer: customer?.name ?? null,
    region: regions.find(({ code }) => code === customer?.region)?.name ?? null,
    size: sale.quantity === 0 ? 'none' : sale.quantity < 7 ? 'small' : 'large',
    quantity: sale.quantity,
  };
});

const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0);
const orNull = (list: readonly Sale[], of: (list: readonly Sale[]) => number): number | null =>
  list.length === 0 ? null : of(list);
const ratio = (a: number | null, b: number): number | null => (b === 0 || a === null ? null : a / b);
const cents = (list: readonly Sale[]): number => total(list.map(sale => sale.cents)) / 100;
const notVoid = (list: readonly Sale[]) => list.filter(({ state }) => state !== 'void');

const METRICS: Readonly<Record<string, (list: readonly Sale[]) => number | null>> = {
  revenue: list => orNull(notVoid(list), cents),
  sale_count: list => list.length,
  daily_sales: list => list.length,
  buyers: list => new Set(list.flatMap(({ customer }) => customer ?? [])).size,
  smallest: list => orNull(list, all => Math.min(...all.map(sale => sale.cents)) / 100),
  largest: list => orNull(list, all => Math.max(...all.map(sale => sale.cents)) / 100),
  average_quantity: list =>
    ratio(
      orNull(list, all => total(all.map(sale => sale.quantity))),
      list.length,
    ),
  unit_price: list => ratio(orNull(list, cents), total(list.map(sale => sale.quantity))),
  void_rate: list => ratio(list.filter(({ state }) => state === 'void').length, list.length),
  clicks: list => orNull(list, all => total(all.map(sale => sale.clicks))),
};

/** The rows that query_metric must return, keyed by their groups: `{"2024-02-01|North": [1.5, 2]}`. */
export function expected(request: OracleRequest): Record<string, readonly (number | null)[]> {
  const own = rows.filter(row => (request.where?.(row) ?? true) && within(row, request.range));
  const earlier =
    request.before === undefined
      ? []
      : rows.filter(row => (request.where?.(row) ?? true) && within(row, request.before?.range));
  const usable = (row: OracleRow) => request.metrics.some(name => name !== 'revenue') || row.sale.state !== 'void';
  const groups = new Map<string, { now: Sale[]; before: Sale[] }>();
  const add = (row: OracleRow, side: 'now' | 'before', moved: string | null) => {
    const period = request.grain === undefined ? [] : [moved === null ? null : periodOf(request.grain, moved)];
    const key = [...period, ...(request.dimensions ?? []).map(name => row[name])].join('|');
    const group = groups.get(key) ?? { now: [], before: [] };
    group[side].push(row.sale);
    groups.set(key, group);
  };
  for (const row of own.filter(usable)) add(row, 'now', row.local);
  for (const row of earlier.filter(usable))
    add(row, 'before', row.local === null ? null : moved(row.local, request.before ?? {}));
  if (request.grain === undefined && (request.dimensions ?? []).length === 0 && groups.size === 0)
    groups.set('', { now: [], before: [] });
  return Object.fromEntries(
    [...groups].map(([key, { now, before }]) => [
      key,
      request.metrics.flatMap(name => {
        const value = METRICS[name]?.(now) ?? null;
        if (request.before === undefined) return [value];
        const previous = METRICS[name]?.(before) ?? null;
        const change = value === null || previous === null ? null : value - previous;
        return [
          value,
          previous,
          change,
          change === null || previous === null || previous === 0 ? null : change / previous,
        ];
      }),
    ]),
  );
}

function within({ local }: OracleRow, range: OracleRequest['range']): boolean {
  if (range === undefined) return true;
  const [from, to] = range;
  return local !== null && (from === undefined || local >= from) && (to === undefined || local < to);
}

function moved(local: string, { months = 0, days = 0 }: { months?: number; days?: number }): string {
  const [year = 0, month = 0, day = 0] = local.slice(0, 10).split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last) + days)).toISOString().slice(0, 10);
}

function periodOf(grain: NonNullable<OracleRequest['grain']>, local: string): string {
  const [year = 0, month = 0, day = 0] = local.slice(0, 10).split('-').map(Number);
  const first = (y: number, m: number, d = 1) => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);
  switch (grain) {
    case 'day':
      return first(year, month, day);
    case 'week': {
      const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return first(year, month, day - weekday);
    }
    case 'month':
      return first(year, month);
    case 'quarter':
      return first(year, Math.floor((month - 1) / 3) * 3 + 1);
    case 'year':
      return first(year, 1);
    case 'fiscal_year':
      return first(month >= 4 ? year : year - 1, 4);
  }
}
