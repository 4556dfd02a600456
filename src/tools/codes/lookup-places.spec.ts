import { describe, expect, it } from '@jest/globals';
import type { TableDescription, TableSummary } from '../../database/catalog/catalog.types.js';
import { LookupPlaces } from './lookup-places.js';
import { stemOf } from './name-stem.js';

const column = (name: string, more: object = {}) => ({
  name,
  type: 'char',
  max_length: 2,
  nullable: false,
  default: null,
  ...more,
});
const small = (schema: string, name: string, rows = 5): TableSummary => ({
  schema,
  name,
  type: 'table',
  row_count: rows,
});
const orders = (more: Partial<TableDescription> = {}): TableDescription => ({
  table: 'Orders',
  schema: 'sales',
  type: 'table',
  columns: [column('OrderStatusCode')],
  primary_keys: [],
  foreign_keys: [],
  referenced_by: [],
  indexes: [],
  unique_constraints: [],
  check_constraints: [],
  column_count: 1,
  ...more,
});
const declared = {
  from: { schema: 'sales', table: 'ORDERS' },
  fromColumns: ['orderstatuscode'],
  to: { schema: 'ref', table: 'T17' },
  toColumns: ['k'],
};
const key = (name: string, own: string) => ({
  name,
  column: own,
  references: { schema: 'ref', table: 'States', column: 'id' },
});

describe('the lookup table of a column', () => {
  it.each([
    ['OrderStatusCode', 'orderstatus'],
    ['ORDER_STATUS_CD', 'orderstatus'],
    ['LkpOrderStatuses', 'orderstatus'],
    ['tblCountries', 'country'],
    ['Categories', 'category'],
    ['ID', undefined],
    ['Type', undefined],
  ])('compares names by what they are about: %s', (name, stem) => {
    expect(stemOf(name)).toBe(stem);
  });

  it('is that of the foreign key before a declared join, and that before the name', () => {
    const visible = [small('ref', 'States'), small('ref', 'T17'), small('sales', 'OrderStatuses')];
    const table = orders({ foreign_keys: [key('FK', 'OrderStatusCode')] });
    expect(new LookupPlaces(visible, [declared]).of(table)).toMatchObject([{ table: 'States', source: 'foreign_key' }]);
    expect(new LookupPlaces(visible, [declared]).of(orders())).toMatchObject([
      { table: 'T17', key: 'k', source: 'declared' },
    ]);
    expect(new LookupPlaces(visible, []).of(orders())).toMatchObject([{ table: 'OrderStatuses', source: 'name' }]);
  });

  it('is the one of the same schema, and none when two fit as well', () => {
    const near = new LookupPlaces([small('ref', 'OrderStatus'), small('sales', 'ORDER_STATUS')], []);
    expect(near.of(orders())).toMatchObject([{ schema: 'sales' }]);
    expect(new LookupPlaces([small('ref', 'OrderStatus'), small('old', 'OrderStatus')], []).of(orders())).toEqual([]);
  });

  it.each<[string, TableSummary[], Partial<TableDescription>]>([
    ['the table has many rows', [small('ref', 'OrderStatus', 41)], {}],
    ['the table is empty', [small('ref', 'OrderStatus', 0)], {}],
    ['the table is a view', [{ ...small('ref', 'OrderStatus'), type: 'view' }], {}],
    ['the table is hidden from the person', [], { foreign_keys: [key('FK', 'OrderStatusCode')] }],
    [
      'the key has several columns',
      [small('ref', 'States')],
      { foreign_keys: [key('FK', 'OrderStatusCode'), key('FK', 'b')] },
    ],
    ['the column is long', [small('ref', 'OrderStatus')], { columns: [column('OrderStatusCode', { max_length: 21 })] }],
    ['the column is a date', [small('ref', 'OrderStatus')], { columns: [column('OrderStatusCode', { type: 'date' })] }],
  ])('is none when %s', (_why, visible, more) => {
    expect(new LookupPlaces(visible, []).of(orders(more))).toEqual([]);
  });
});
