import type { RawRows } from './raw-rows.js';

/** A range of time in milliseconds since 1970; the end is not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const within = ({ from, to }: Span, date: Date): boolean => date.getTime() >= from && date.getTime() < to;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The start of the month so many months after (before) the month of `now`. */
export function monthStart(now: number, offset: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
}

/** The same day so many months before; a day that the month doesn't have becomes its last day, as DATEADD does it. */
export function monthsBefore(now: number, months: number): number {
  const first = new Date(monthStart(now, -months));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(new Date(now).getUTCDate(), last) - 1) * 86_400_000;
}

/** The quarter before the one of `now`. */
export function lastQuarter(now: number): Span {
  const intoQuarter = new Date(now).getUTCMonth() % 3;
  return { from: monthStart(now, -intoQuarter - 3), to: monthStart(now, -intoQuarter) };
}

/** What a line brings, in units of a ten-thousandth, so that sums are exact. */
const netOf = ({ UnitPrice, Quantity, Discount }: RawRows['lines'][number]): number =>
  Math.round(UnitPrice * 100) * Quantity * (100 - Math.round(Discount * 100));

/** The orders of a span that count as revenue. */
const placedIn = ({ orders }: RawRows, span: Span): RawRows['orders'] =>
  orders.filter(({ Status, OrderDate }) => Status !== 'cancelled' && within(span, OrderDate));

/** Category and net revenue, the highest first. */
export function revenueByCategory(rows: RawRows, span: Span): readonly (readonly [string | null, number])[] {
  const counting = new Set(placedIn(rows, span).map(({ OrderID }) => OrderID));
  const sums = new Map<string | null, number>();
  for (const line of rows.lines.filter(({ OrderID }) => counting.has(OrderID))) {
    const product = rows.products.find(({ ProductID }) => ProductID === line.ProductID);
    const category = rows.categories.find(({ CategoryID }) => CategoryID === product?.CategoryID);
    const name = category?.CategoryName ?? null;
    sums.set(name, (sums.get(name) ?? 0) + netOf(line));
  }
  return [...sums].map(([name, net]) => [name, net / 10_000] as const).sort(([, a], [, b]) => b - a);
}

/** Numbers of the failed payments of a span, in ascending order. */
export function failedPayments({ payments }: RawRows, span: Span): readonly number[] {
  return payments
    .filter(({ Status, CreatedAt }) => Status === 'failed' && within(span, CreatedAt))
    .map(({ TransactionID }) => TransactionID)
    .sort((a, b) => a - b);
}

/** Region, spend, new customers, and the one divided by the other; by region. */
export function acquisitionCosts(
  { customers, spend }: RawRows,
  span: Span,
): readonly (readonly [string, number, number, number | null])[] {
  const regions = [...new Set(customers.map(({ Region }) => Region))].sort();
  return regions.map(region => {
    const amount = sum(
      spend
        .filter(row => row.Region === region && within(span, row.SpendMonth))
        .map(row => Math.round(row.Amount * 100)),
    );
    const acquired = customers.filter(row => row.Region === region && within(span, row.CreatedAt)).length;
    return [region, amount / 100, acquired, acquired === 0 ? null : amount / 100 / acquired];
  });
}

/** Month, orders, customers, units, net revenue. */
export function patternsByMonth(
  rows: RawRows,
  span: Span,
): readonly (readonly [string, number, number, number, number])[] {
  const orders = placedIn(rows, span);
  const monthOf = (date: Date) => date.toISOString().slice(0, 7);
  const months = [...new Set(orders.map(({ OrderDate }) => monthOf(OrderDate)))].sort();
  return months.map(month => {
    const own = orders.filter(({ OrderDate }) => monthOf(OrderDate) === month);
    const ids = new Set(own.map(({ OrderID }) => OrderID));
    const lines = rows.lines.filter(({ OrderID }) => ids.has(OrderID));
    const customers = new Set(own.map(({ CustomerID }) => CustomerID)).size;
    const units = sum(lines.map(({ Quantity }) => Quantity));
    return [`${month}-01`, own.length, customers, units, sum(lines.map(netOf)) / 10_000];
  });
}

/** The customers of the earlier span, and how many of them ordered in the later one too. */
export function retention(rows: RawRows, earlier: Span, later: Span): readonly [number, number, number] {
  const buyers = (span: Span) => new Set(placedIn(rows, span).map(({ CustomerID }) => CustomerID));
  const [before, after] = [buyers(earlier), buyers(later)];
  const returned = [...before].filter(customer => after.has(customer)).length;
  return [before.size, returned, returned / before.size];
}

/** The customers of a state, in ascending order. */
export function customersOf({ customers }: RawRows, state: string): readonly string[] {
  return customers
    .filter(({ State }) => State === state)
    .map(({ CustomerID }) => CustomerID)
    .sort();
}
