/*
 * Computes the rows of the demo. All dates are relative to `now`, and everything else follows from a fixed sequence of
 * numbers, so that two starts on one day have the same rows.
 */
import { categories, type Customer, type Order, type OrderDetail, type Product } from '../shop-rows.ts';
import {
  COMPANY_KINDS,
  FAMILY_NAMES,
  PLACES,
  PRODUCT_NAMES,
  REGION_NAMES,
  type Place,
  type RegionName,
} from './demo-names.ts';
import { type Payment, paymentRows } from './demo-payments.ts';
import { fixedNumbers, sequence } from './fixed-numbers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CUSTOMERS = 91;
/** The last customers have not ordered yet. */
const ORDERING_CUSTOMERS = 89;
const ORDERS = 1200;
/** The orders are of this day and the 999 days before. */
const ORDER_DAYS = 1000;
const PRODUCTS = 77;
/** This month and the two years before. */
const SPEND_MONTHS = 25;
const CHANNELS = ['search', 'social', 'events', 'partners'] as const;
const REGION_BUDGETS: Readonly<Record<RegionName, number>> = {
  'North America': 420,
  'Western Europe': 260,
  'Central Europe': 310,
  'Southern Europe': 180,
};

export interface DemoCustomer extends Customer, Omit<Place, 'city' | 'country'> {}

export interface Spend {
  readonly region: RegionName;
  readonly channel: (typeof CHANNELS)[number];
  /** The first day of the month. */
  readonly month: number;
  readonly amount: number;
}

export interface DemoRows {
  readonly products: readonly Product[];
  readonly customers: readonly DemoCustomer[];
  readonly orders: readonly Order[];
  readonly orderDetails: readonly OrderDetail[];
  readonly spend: readonly Spend[];
  readonly payments: readonly Payment[];
}

const startOfDay = (time: number): number => Math.floor(time / DAY) * DAY;

const products: readonly Product[] = sequence(PRODUCTS, i => ({
  id: i + 1,
  name: PRODUCT_NAMES[i % categories.length]?.[Math.floor(i / categories.length)] ?? '',
  category: i % 11 === 10 ? null : (i % categories.length) + 1,
  price: 1.5 + ((i * 37) % 60) + (i % 4) * 0.25,
  stock: (i * 13) % 40,
  weight: i % 5 ? (i + 1) / 8 : null,
  discontinued: i % 10 === 9 ? 1 : 0,
}));

/** A customer with the days, counted from the first day of the orders, on which they came and stopped to order. */
interface Relation {
  readonly customer: DemoCustomer;
  readonly from: number;
  readonly until: number;
}

function relations(firstDay: number): readonly Relation[] {
  const next = fixedNumbers(7);
  return sequence(CUSTOMERS, i => {
    // A third was there before the first order; the others came one after the other until a few days ago.
    const from = i < 30 ? -10 - next(300) : Math.floor(((i - 30) / 61) * 985);
    const until = next(4) === 0 ? from + 350 + next(300) : Infinity;
    const { city, state, country, region } = PLACES[i % PLACES.length] as Place;
    const letter = (n: number): string => String.fromCharCode(65 + (n % 26));
    const customer = {
      id: letter(i) + letter(i * 7) + letter(i * 3) + String(i).padStart(2, '0'),
      name: `${FAMILY_NAMES[i % FAMILY_NAMES.length]} ${COMPANY_KINDS[i % COMPANY_KINDS.length]}`,
      city,
      state,
      country,
      region,
      email: i % 6 ? `info${i}@example.com` : null,
      created: firstDay + from * DAY + (8 + next(9)) * HOUR + next(60) * MINUTE,
    };
    return { customer, from, until };
  });
}

function orderRows(now: number, firstDay: number, customers: readonly Relation[]): readonly Order[] {
  const next = fixedNumbers(11);
  const ordering = customers.slice(0, ORDERING_CUSTOMERS);
  return sequence(ORDERS, i => {
    // The shop grows: at the end there are more than twice as many orders on a day as at the beginning.
    const part = (i + 1) / ORDERS;
    const dayIndex = Math.min(ORDER_DAYS - 1, Math.floor(ORDER_DAYS * part * (1.4 - 0.4 * part)));
    const day = firstDay + dayIndex * DAY;
    const active = ordering.filter(({ from, until }) => from < dayIndex && dayIndex <= until);
    const { customer } = active[next(active.length)] as Relation;
    // An order of today is not later than now.
    const date = Math.min(day + (7 + next(13)) * HOUR + next(60) * MINUTE, Math.floor(now / MINUTE) * MINUTE);
    const shipped = day + (1 + next(9)) * DAY;
    const cancelled = next(14) === 0;
    const open = shipped > now || (dayIndex > ORDER_DAYS - 60 && next(8) === 0);
    return {
      id: 10_248 + i,
      customer: customer.id,
      employee: i % 50 === 0 ? null : next(9) + 1,
      date,
      shipped: cancelled || open ? null : shipped,
      freight: next(400) / 4,
      status: cancelled ? 'cancelled' : open ? 'open' : 'shipped',
    };
  });
}

function detailRows(orders: readonly Order[]): readonly OrderDetail[] {
  const next = fixedNumbers(13);
  return orders.flatMap(({ id }, i) => {
    const first = next(PRODUCTS);
    return sequence(1 + (i % 5), k => {
      // 7 and 77 have a common factor, but five steps never come round to the first product.
      const product = products[(first + k * 7) % PRODUCTS] as Product;
      return {
        order: id,
        product: product.id,
        price: product.price,
        quantity: 1 + next(30),
        discount: [0, 0, 0.05, 0.1, 0.25][next(5)] ?? 0,
      };
    });
  });
}

function spendRows(now: number): readonly Spend[] {
  const next = fixedNumbers(17);
  const date = new Date(now);
  return sequence(SPEND_MONTHS, back => {
    const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1);
    // What was spent in this month so far.
    const part = back === 0 ? date.getUTCDate() / 31 : 1;
    const amountOf = (region: RegionName): number => Math.round(REGION_BUDGETS[region] * (60 + next(80)) * part) / 100;
    return REGION_NAMES.flatMap(region =>
      CHANNELS.map(channel => ({ region, channel, month, amount: amountOf(region) })),
    );
  }).flat();
}

/** The rows for a demo that starts at this time, in milliseconds since 1970. */
export function demoRows(now: number): DemoRows {
  const firstDay = startOfDay(now) - (ORDER_DAYS - 1) * DAY;
  const customers = relations(firstDay);
  const orders = orderRows(now, firstDay, customers);
  const customerRows = customers.map(({ customer }) => customer);
  return {
    products,
    customers: customerRows,
    orders,
    orderDetails: detailRows(orders),
    spend: spendRows(now),
    payments: paymentRows(customerRows.slice(0, ORDERING_CUSTOMERS).map(({ id }) => id)),
  };
}
