import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseObjectName, quoteName, shownName, unquotedPart } from './object-name.js';

describe('object names', () => {
  it.each([
    ['Orders', { name: 'Orders' }],
    [' sales.Orders ', { schema: 'sales', name: 'Orders' }],
    ['[sales].[Orders]', { schema: 'sales', name: 'Orders' }],
    ['sales . [odd ]]name]', { schema: 'sales', name: 'odd ]name' }],
    ['"a""b"."c.d"', { schema: 'a"b', name: 'c.d' }],
    ['[a.b]', { name: 'a.b' }],
    ['Order Details', { name: 'Order Details' }],
    ['sales.Order Details', { schema: 'sales', name: 'Order Details' }],
    ['dbo.2024-orders', { schema: 'dbo', name: '2024-orders' }],
    ['dbo.😀 mood', { schema: 'dbo', name: '😀 mood' }],
    ['Größe.名前', { schema: 'Größe', name: '名前' }],
    ['#temp', { name: '#temp' }],
    ['Shop.sales.Orders', { database: 'Shop', schema: 'sales', name: 'Orders' }],
    ['[my-shop] . [sales].[odd ]]name]', { database: 'my-shop', schema: 'sales', name: 'odd ]name' }],
    ['Shop..Orders', { database: 'Shop', name: 'Orders' }],
    ['[Shop] . . "Orders"', { database: 'Shop', name: 'Orders' }],
    ['Shop.sales.Order Details', { database: 'Shop', schema: 'sales', name: 'Order Details' }],
  ])('reads %j', (text, expected) => {
    expect(parseObjectName(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    '.',
    'a.',
    '.a',
    'a..',
    'a...b',
    '..a',
    'a.b..c',
    'a.b.c.d',
    'a b.c',
    'a.b c.d',
    'a.b.c.d e',
    'a.b; c',
    '[a',
    '"a',
    '[]',
    "x'; DROP TABLE y --",
    'a;b',
    'a/*x*/',
    '[a]b',
    'x'.repeat(129),
    'a\u0000',
  ])('refuses %j', text => {
    expect(() => parseObjectName(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([
    ['sales', 'sales'],
    [' sales ', 'sales'],
    ['[sales]', 'sales'],
    ['"odd name"', 'odd name'],
    ['[a]]b]', 'a]b'],
    ['[a].[b]', '[a].[b]'],
    ['[a', '[a'],
    ['odd name', 'odd name'],
  ])('reads one part, %j, as %j', (text, name) => {
    expect(unquotedPart(text)).toBe(name);
  });

  it('reads the names that it quotes', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(name, name, (schema, table) => {
        expect(parseObjectName(`${quoteName(schema)}.${quoteName(table)}`)).toEqual({ schema, name: table });
        expect(parseObjectName(shownName(schema, table))).toEqual({ schema, name: table });
      }),
    );
  });
});
