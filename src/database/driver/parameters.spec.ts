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
    [{ type: 'decimal(5,2)', value: '1.2300' }, 'decimal(5,2)'],
    [{ type: 'time(3)', value: '12:00:00.1230000' }, 'time(3)'],
    [{ type: 'datetimeoffset(0)', value: '2024-01-01T00:00:00+02:00' }, 'datetimeoffset(0)'],
    [{ type: 'datetime2(3)', value: '2024-01-01T00:00:00.125Z' }, 'datetime2(3)'],
    [{ type: 'datetime', value: '2024-01-01' }, 'datetime'],
    [{ type: 'datetime', value: '2024-01-01T10:20:30.12' }, 'datetime'],
    [{ type: 'datetime', value: '2024-01-01T10:20:30.997' }, 'datetime'],
    [{ type: 'smalldatetime', value: '2024-01-01T10:20:00' }, 'smalldatetime'],
    [{ type: 'char(3)', value: 'abc' }, 'char(3)'],
    [{ type: 'uniqueidentifier', value: '6F9619FF-8B86-D011-B42D-00C04FC964FF' }, 'uniqueidentifier'],
  ])('%j is declared as %s', (value, expected) => {
    expect(declaration(value)).toBe(expected);
  });

  it.each([
    // SQL Server converts a string with an exponent only to float.
    [{ type: 'decimal(38,10)', value: '1e22' }, '1' + '0'.repeat(22)],
    [{ type: 'decimal(38,10)', value: 1.5e-7 }, '0.00000015'],
    [{ type: 'float', value: 1e300 }, '1e+300'],
  ])('%j is sent as %s', (value, expected) => {
    expect(typedParameters({ p: value })[0]?.value).toBe(expected);
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
    // Values that their type would change.
    [JSON.parse('{"p": 9007199254740993}')],
    [JSON.parse('{"p": 12345678901234567890}')],
    [JSON.parse('{"p": {"type": "bigint", "value": 9007199254740993}}')],
    [{ p: { type: 'bigint', value: '9223372036854775808' } }],
    [{ p: { type: 'tinyint', value: 256 } }],
    [{ p: { type: 'decimal(5,2)', value: '1.239' } }],
    [{ p: { type: 'decimal(5)', value: 1.5 } }],
    [{ p: { type: 'money', value: '1.23456' } }],
    [{ p: { type: 'decimal', value: '1e-11' } }],
    [{ p: { type: 'nvarchar(2)', value: 'abc' } }],
    [{ p: { type: 'binary(2)', value: 'AQIDBA==' } }],
    [{ p: { type: 'varbinary', value: 'A' } }],
    [{ p: { type: 'time(0)', value: '12:00:00.6' } }],
    [{ p: { type: 'datetimeoffset(2)', value: '2024-01-01T00:00:00.125+02:00' } }],
    [{ p: { type: 'date', value: '2024-01-01T10:00:00' } }],
    [{ p: { type: 'datetime2', value: '2024-01-01T10:00:00+02:00' } }],
    [{ p: { type: 'time(0)', value: '10:00:00-05:30' } }],
    [{ p: { type: 'datetime', value: '2024-01-01T10:00:00.001' } }],
    [{ p: { type: 'datetime', value: '2024-01-01T10:00:00.1234567' } }],
    [{ p: { type: 'smalldatetime', value: '2024-01-01T10:00:31' } }],
    [{ p: { type: 'uniqueidentifier', value: '6F9619FF-8B86-D011-B42D-00C04FC964FFxyz' } }],
    [{ p: { type: 'sql_variant', value: 1 } }],
    // Types that do not exist.
    [{ p: { type: 'decimal(39,0)', value: 1 } }],
    [{ p: { type: 'decimal(5,6)', value: 1 } }],
    [{ p: { type: 'nvarchar(4001)', value: 'a' } }],
    [{ p: { type: 'char(max)', value: 'a' } }],
    [{ p: { type: 'time(8)', value: '12:00' } }],
    [{ p: { type: 'int(4)', value: 1 } }],
  ])('refuses %j', parameters => {
    expect(() => typedParameters(parameters)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
