import { describe, expect, it } from '@jest/globals';
import { PAYMENT_DAYS } from './demo-payments.ts';
import { demoRows } from './demo-rows.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const dayOf = (time: number): number => Math.floor(time / DAY);

/** Days at which calculations with dates go wrong, at their first and last moments. */
const STARTS = [
  '2027-01-01T00:00:00.000Z',
  '2028-02-29T00:00:00.001Z',
  '2028-02-29T23:59:59.999Z',
  '2027-03-01T12:00:00.000Z',
  '2027-04-01T00:00:30.000Z',
  '2026-12-31T23:59:59.999Z',
  '2026-11-30T14:59:59.999Z',
];

describe.each(STARTS)('the rows of a demo that starts at %s', start => {
  const now = Date.parse(start);
  const { products, customers, orders, orderDetails, spend, payments } = demoRows(now);

  it('have orders up to now, and none later', () => {
    expect(orders.filter(({ date }) => dayOf(date) === dayOf(now)).length).toBeGreaterThan(0);
    expect(Math.max(...orders.map(({ date }) => date))).toBeLessThanOrEqual(now);
    expect(orders.filter(({ shipped }) => shipped !== null && shipped > now)).toEqual([]);
    expect(orders.filter(({ shipped, date }) => shipped !== null && shipped < date)).toEqual([]);
    expect(orders.filter(({ status, shipped }) => (status === 'shipped') !== (shipped !== null))).toEqual([]);
  });

  it('fill the last two years', () => {
    const weeks = new Set(orders.map(({ date }) => Math.floor((dayOf(now) - dayOf(date)) / 7)));
    expect(Array.from({ length: 105 }, (_, week) => week).filter(week => !weeks.has(week))).toEqual([]);
  });

  it('are the same at any time of the day, but for the time of the orders of today', () => {
    const morning = demoRows(dayOf(now) * DAY);
    const timeless = (rows: typeof orders) => rows.map(row => ({ ...row, date: dayOf(row.date) }));
    expect(timeless(morning.orders)).toEqual(timeless(orders));
    expect({ ...morning, orders: [] }).toEqual({ products, customers, orders: [], orderDetails, spend, payments });
  });

  it('have customers who were there before they ordered, and some who never did', () => {
    const created = new Map(customers.map(customer => [customer.id, customer.created]));
    expect(orders.filter(({ customer, date }) => (created.get(customer) ?? Infinity) > date)).toEqual([]);
    expect(created.size).toBe(customers.length);
    expect(customers.length - new Set(orders.map(({ customer }) => customer)).size).toBeGreaterThan(1);
  });

  it('have one line for each product of an order', () => {
    expect(new Set(orderDetails.map(({ order, product }) => `${order} ${product}`)).size).toBe(orderDetails.length);
  });

  it('have what was spent in each month and region up to this one', () => {
    const month = new Date(now).toISOString().slice(0, 7);
    expect(new Date(Math.max(...spend.map(row => row.month))).toISOString().slice(0, 10)).toBe(`${month}-01`);
    expect(new Set(spend.map(row => row.month)).size).toBe(25);
    expect(
      spend.filter(({ amount }) => !(amount > 0) || Math.abs(amount * 100 - Math.round(amount * 100)) > 1e-6),
    ).toEqual([]);
  });
});

describe('the rows of the demo', () => {
  const { products, customers, payments } = demoRows(Date.parse('2026-11-30T12:00:00Z'));

  it('have a few products without a category and customers without a state, on purpose', () => {
    expect(products.filter(({ category }) => category === null)).toHaveLength(7);
    expect(products.filter(({ name }) => name === '')).toEqual([]);
    expect(new Set(products.map(({ name }) => name)).size).toBe(products.length);
    expect(customers.filter(({ state }) => state === 'California').length).toBeGreaterThan(5);
    expect(customers.filter(({ state }) => state === null).length).toBeGreaterThan(0);
  });

  it('have a failed payment in any hour, also where the log begins again and whenever the demo starts', () => {
    for (const start of STARTS) expect(demoRows(Date.parse(start)).payments).toEqual(payments);
    const seconds = payments.filter(({ status }) => status === 'failed').map(({ second }) => second);
    const around = [...seconds, (seconds[0] ?? 0) + (PAYMENT_DAYS * DAY) / 1000];
    const gaps = around.slice(1).map((second, i) => second - (around[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(Math.max(...gaps)).toBeLessThan(HOUR / 1000);
    expect(payments.filter(({ status, error }) => (status === 'failed') !== (error !== null))).toEqual([]);
  });
});
