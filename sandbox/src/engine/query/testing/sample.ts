import type { BindContext } from '../../binder/bind-context.ts';
import type { Value } from '../../sql-type.ts';
import { decimal, INT, nvarchar } from '../../types.ts';
import { compile, fakeContext, fakeTable, rowsOfQuery } from './fake-context.ts';

const customers = fakeTable(
  'customers',
  { id: INT, name: nvarchar(50), city: nvarchar(50) },
  [
    [1, 'Ann', 'Rome'],
    [2, 'Bob', 'Oslo'],
    [3, 'Cid', 'Rome'],
    [4, 'Dan', null],
  ],
  ['id'],
);
const orders = fakeTable(
  'orders',
  { id: INT, cid: INT, amount: decimal(10, 2), y: INT },
  [
    [10, 1, 1000n, 2020],
    [11, 1, 2500n, 2021],
    [12, 2, 300n, 2020],
    [13, 3, 700n, 2021],
    [14, null, 50n, 2020],
  ],
  ['id'],
);
const nums = fakeTable('nums', { a: INT, b: INT }, [
  [1, 10],
  [1, 20],
  [2, 30],
  [2, 30],
  [3, null],
]);

export const SAMPLE: BindContext = fakeContext({
  tables: [customers, orders, nums],
  views: { roman: "SELECT id, name FROM customers WHERE city = 'Rome'" },
  functions: {
    ordersOf: { parameters: [{ name: '@c', type: INT }], query: 'SELECT id, amount FROM orders WHERE cid = @c' },
  },
  variables: { '@two': { type: INT, value: 2 } },
});

const plain = (value: Value): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** The rows of a query over the sample tables; bigints and decimals (scaled) as numbers. */
export const sample = (sql: string): unknown[][] => rowsOfQuery(sql, SAMPLE).map(row => row.map(plain));

/** The number and text of the error a query raises. */
export function failure(sql: string): string {
  try {
    compile(sql, SAMPLE);
    rowsOfQuery(sql, SAMPLE);
  } catch (error) {
    const { number, message } = error as { number?: number; message: string };
    return `${number ?? ''} ${message}`;
  }
  return 'none';
}
