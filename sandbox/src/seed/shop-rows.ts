/*
 * Computes the rows of the shop by arithmetic, so that every start has the same rows and tests can compute expected
 * results without the engine.
 */

const DAY = 86_400_000;
const HOUR = 3_600_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const CATEGORY_NAMES = ['Beverages', 'Condiments', 'Confections', 'Dairy', 'Grains', 'Meat', 'Produce', 'Seafood'];
const PLACES: readonly (readonly [city: string | null, country: string])[] = [
  ['Berlin', 'Germany'],
  ['London', 'UK'],
  ['Paris', 'France'],
  ['Madrid', 'Spain'],
  ['Seattle', 'USA'],
  ['Köln', 'Germany'],
  ['Lyon', 'France'],
  [null, 'USA'],
  ['Rome', 'Italy'],
];
const FIRST_NAMES = ['Nancy', 'Andrew', 'Janet', 'Margaret', 'Steven', 'Michael', 'Robert', 'Laura', 'Anne'];
const LAST_NAMES = ['Davolio', 'Fuller', 'Leverling', 'Peacock', 'Buchanan', 'Suyama', 'King', 'Callahan', 'Dodsworth'];

export interface Category {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
}
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly category: number | null;
  readonly price: number;
  readonly stock: number;
  readonly weight: number | null;
  readonly discontinued: 0 | 1;
}
export interface Employee {
  readonly id: number;
  readonly first: string;
  readonly last: string;
  readonly manager: number | null;
  readonly hired: string;
  readonly salary: number | null;
}
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly city: string | null;
  readonly country: string;
  readonly email: string | null;
  /** Milliseconds since 1970, UTC; as are the dates below. */
  readonly created: number;
}
export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly employee: number | null;
  readonly date: number;
  readonly shipped: number | null;
  readonly freight: number;
  readonly status: 'open' | 'shipped' | 'cancelled';
}
export interface OrderDetail {
  readonly order: number;
  readonly product: number;
  readonly price: number;
  readonly quantity: number;
  readonly discount: number;
}

const letter = (i: number): string => ALPHABET.charAt(i % 26);
const sequence = <T>(length: number, make: (i: number) => T): readonly T[] => Array.from({ length }, (_, i) => make(i));

export const categories: readonly Category[] = CATEGORY_NAMES.map((name, i) => ({
  id: i + 1,
  name,
  description: i % 3 ? null : `All kinds of ${name.toLowerCase()}`,
}));

export const products: readonly Product[] = sequence(77, i => ({
  id: i + 1,
  name: `Product ${String(i + 1).padStart(2, '0')}`,
  category: i % 11 === 10 ? null : (i % 8) + 1,
  price: ((i * 37) % 97) + (i % 4) * 0.25,
  stock: (i * 13) % 40,
  weight: i % 5 ? (i + 1) / 8 : null,
  discontinued: i % 10 === 9 ? 1 : 0,
}));

export const employees: readonly Employee[] = FIRST_NAMES.map((first, i) => ({
  id: i + 1,
  first,
  last: LAST_NAMES[i] ?? '',
  manager: i === 1 ? null : i < 5 ? 2 : 5,
  hired: `20${15 + i}-0${(i % 9) + 1}-1${i}`,
  salary: i === 8 ? null : 3000 + i * 250.5,
}));

export const customers: readonly Customer[] = sequence(91, i => {
  const [city, country] = PLACES[i % 9] ?? [null, ''];
  return {
    id: letter(i) + letter(i * 7) + letter(i * 3) + String(i).padStart(2, '0'),
    name: `Company ${i}${i % 13 === 0 ? " O'Brien" : ''}`,
    city,
    country,
    email: i % 6 ? `info${i}@example.com` : null,
    created: Date.UTC(2023, i % 12, (i % 28) + 1, 8, i % 60, 0, 125),
  };
});

export const orders: readonly Order[] = sequence(1200, i => {
  const date = Date.UTC(2023, 0, 1) + ((i * 11) % 1000) * DAY + (i % 24) * HOUR;
  return {
    id: 10_248 + i,
    customer: customers[(i * 17) % 89]?.id ?? '',
    employee: i % 50 === 0 ? null : (i % 9) + 1,
    date,
    shipped: i % 7 === 0 ? null : Math.floor(date / DAY) * DAY + ((i % 9) + 1) * DAY,
    freight: ((i * 29) % 400) / 4,
    status: i % 7 === 0 ? (i % 14 === 0 ? 'cancelled' : 'open') : 'shipped',
  };
});

export const orderDetails: readonly OrderDetail[] = orders.flatMap((order, i) =>
  sequence(1 + (i % 5), k => {
    const product = products[(i * 3 + k * 7) % 77];
    return {
      order: order.id,
      product: product?.id ?? 0,
      price: product?.price ?? 0,
      quantity: 1 + ((i + k * 5) % 30),
      discount: [0, 0.05, 0.1, 0.25][(i + k) % 4] ?? 0,
    };
  }),
);
