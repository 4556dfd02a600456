import { describe, expect, it } from '@jest/globals';
import { typedParameters } from './parameters.js';

const declaration = (value: unknown) => typedParameters({ p: value })[0]?.declaration;

describe('parameters', () => {
  it.each([
    ['text', 'nvarchar(4000)'],
    ['x'.repeat(4001), 'nvarchar(max)'],
    [true, 'bit'],
    [1, 'int'],
    [-2147483648, 'bigint'],
    [2147483648, 'bigint'],
    [1.5, 'decimal(2,1)'],
    [0.1, 'decimal(2,1)'],
    [1e30, 'float'],
    [1e-10, 'float'],
    [null, 'nvarchar(4000)'],
    [{ type: 'decimal(19,4)', value: '1.2345' }, 'decimal(19,4)'],
    [{ type: 'date', value: '2024-02-29' }, 'date'],
    [{ type: 'varbinary', value: 'AAEC' }, 'varbinary(max)'],
    [{ type: 'bigint', value: '9223372036854775807' }, 'bigint'],
    [{ type: 'nvarchar(max)', value: null }, 'nvarchar(max)'],
  ])('%j is declared as %s', (value, expected) => {
    expect(declaration(value)).toBe(expected);
  });

  it.each([
    [{ p: { type: 'int; DROP TABLE x', value: 1 } }],
    [{ p: { type: 'cursor', value: 1 } }],
    [{ p: { type: 'int', value: '1; DELETE' } }],
    [{ p: { type: 'bit', value: 'yes' } }],
    [{ p: { type: 'varbinary', value: 'not base64!' } }],
    [{ p: [1, 2] }],
    [{ p: { a: 1 } }],
    [{ 'p x': 1 }],
    [{ 'p = 1; DELETE t; --': 1 }],
    [{ '': 1 }],
    [{ p: 1, '@P': 2 }],
    [{ p: Number.NaN }],
  ])('refuses %j', parameters => {
    expect(() => typedParameters(parameters)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
