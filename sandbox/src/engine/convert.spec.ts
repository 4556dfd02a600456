import fc from 'fast-check';
import { assignmentConverter, converter } from './convert.ts';
import { cast, column, d, errorOf, evaluate, literal, n, ns, s, shown } from './testing/bound-values.ts';
import {
  BIGINT,
  BIT,
  DATE,
  DATETIME,
  DATETIME2,
  DATETIMEOFFSET,
  FLOAT,
  INT,
  MONEY,
  NVARCHAR_MAX,
  SMALLDATETIME,
  SMALLINT,
  SQL_VARIANT,
  TIME,
  TINYINT,
  UNIQUEIDENTIFIER,
  VARBINARY_MAX,
  XML,
  char,
  datetime2,
  decimal,
  describeType,
  nvarchar,
  time,
  typeFromName,
  varbinary,
  varchar,
} from './types.ts';

const to = (type: Parameters<typeof cast>[1]) => (text: string) => shown(cast(s(text), type));

describe('CAST and CONVERT (learn.microsoft.com: CAST and CONVERT)', () => {
  it('converts text to numbers', () => {
    expect(to(INT)(' 42 ')).toBe('42');
    expect(to(INT)('')).toBe('0');
    expect(to(BIT)('TRUE')).toBe('1');
    expect(to(decimal(5, 2))('12.345')).toBe('12.35');
    expect(to(decimal(5, 2))('-0.005')).toBe('-0.01');
    expect(to(MONEY)('$1,234.56789')).toBe('1234.57');
    expect(to(FLOAT)('1e3')).toBe('1000');
  });

  it.each([
    ['abc', INT, 245, "Conversion failed when converting the varchar value 'abc' to data type int."],
    ['1.5', INT, 245, "Conversion failed when converting the varchar value '1.5' to data type int."],
    ['99999999999', INT, 248, "The conversion of the varchar value '99999999999' overflowed an int column."],
    [
      '300',
      TINYINT,
      244,
      "The conversion of the varchar value '300' overflowed an INT1 column. Use a larger integer column.",
    ],
    [
      '40000',
      SMALLINT,
      244,
      "The conversion of the varchar value '40000' overflowed an INT2 column. Use a larger integer column.",
    ],
    ['x', BIGINT, 8114, 'Error converting data type varchar to bigint.'],
    ['x', decimal(5, 2), 8114, 'Error converting data type varchar to numeric.'],
    ['1234', decimal(5, 2), 8115, 'Arithmetic overflow error converting varchar to data type numeric.'],
    ['x', FLOAT, 8114, 'Error converting data type varchar to float.'],
    ['x', MONEY, 235, 'Cannot convert a char value to money. The char value has incorrect syntax.'],
    ['x', DATETIME, 241, 'Conversion failed when converting date and/or time from character string.'],
    [
      '2024-02-30',
      DATETIME,
      242,
      'The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.',
    ],
    [
      '1700-01-01',
      DATETIME,
      242,
      'The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.',
    ],
    ['2024-02-30', DATE, 241, 'Conversion failed when converting date and/or time from character string.'],
    ['x', SMALLDATETIME, 295, 'Conversion failed when converting character string to smalldatetime data type.'],
    ['x', UNIQUEIDENTIFIER, 8169, 'Conversion failed when converting from a character string to uniqueidentifier.'],
    ['<a><b></a>', XML, 9436, 'XML parsing: line 1, character 10, end tag does not match start tag'],
  ] as const)('refuses %s as %o with error %i', (text, type, number, message) => {
    expect(errorOf(() => evaluate(cast(s(text), type)))).toEqual({ number, message });
    expect(converter(varchar(50), type, { try: true })(text)).toBeNull();
  });

  it.each([
    [n(300), TINYINT, 220, 'Arithmetic overflow error for data type tinyint, value = 300.'],
    [literal(3000000000n, BIGINT), INT, 8115, 'Arithmetic overflow error converting expression to data type int.'],
    [n(1000), decimal(3, 1), 8115, 'Arithmetic overflow error converting int to data type numeric.'],
    [d('123.45'), decimal(4, 2), 8115, 'Arithmetic overflow error converting numeric to data type numeric.'],
    [literal(1e10, FLOAT), INT, 232, 'Arithmetic overflow error for type int, value = 10000000000.000000.'],
    [n(1), DATE, 529, 'Explicit conversion from data type int to date is not allowed.'],
    [
      literal(1n, MONEY),
      UNIQUEIDENTIFIER,
      529,
      'Explicit conversion from data type money to uniqueidentifier is not allowed.',
    ],
    [d('123.45'), varchar(3), 8115, 'Arithmetic overflow error converting numeric to data type varchar.'],
  ] as const)('raises the error of an overflow or a clash', (x, type, number, message) => {
    expect(errorOf(() => evaluate(cast(x, type)))).toEqual({ number, message });
  });

  it('refuses implicit conversions that need CAST', () => {
    expect(errorOf(() => converter(varchar(5), varbinary(5), { implicit: true }))).toEqual({
      number: 257,
      message:
        'Implicit conversion from data type varchar to varbinary is not allowed. Use the CONVERT function to run this query.',
    });
    expect(errorOf(() => converter(INT, DATE, { implicit: true }))).toEqual({
      number: 206,
      message: 'Operand type clash: int is incompatible with date',
    });
  });

  it('cuts text, pads char, and writes * for an int that is too long', () => {
    expect(shown(cast(s('abcdef'), varchar(3)))).toBe('abc');
    expect(shown(cast(s('ab'), char(4)))).toBe('ab  ');
    expect(shown(cast(n(12345), varchar(3)))).toBe('*');
    expect(errorOf(() => evaluate(cast(n(12345), nvarchar(3)))).number).toBe(8115);
    expect(shown(cast(ns('Łódź €'), varchar(10)))).toBe('Lódz €');
  });

  it('rounds money, cuts decimal and float when they become int', () => {
    expect(shown(cast(literal(25000n, MONEY), INT))).toBe('3');
    expect(shown(cast(d('2.9'), INT))).toBe('2');
    expect(shown(cast(literal(-2.9, FLOAT), INT))).toBe('-2');
  });

  it('shows float with six digits, or by style', () => {
    expect(shown(cast(literal(1234567.891, FLOAT), NVARCHAR_MAX))).toBe('1.23457e+006');
    expect(shown(cast(literal(0.1, FLOAT), NVARCHAR_MAX))).toBe('0.1');
    expect(shown(cast(literal(1 / 3, FLOAT), NVARCHAR_MAX, 2))).toBe('3.333333333333333e-001');
  });

  it('shows money by style', () => {
    const money = literal(12345678n, MONEY);
    expect([0, 1, 2].map(style => shown(cast(money, varchar(30), style)))).toEqual([
      '1234.57',
      '1,234.57',
      '1234.5678',
    ]);
  });

  it('converts binary', () => {
    expect(shown(cast(n(10), varbinary(30)))).toBe('0x0000000A');
    expect(shown(cast(d('123.45'), varbinary(30)))).toBe('0x0502000139300000');
    expect(shown(cast(s('0x4142'), varbinary(30), 1))).toBe('0x4142');
    expect(shown(cast(ns('A'), varbinary(30)))).toBe('0x4100');
    expect(shown(cast(cast(s('0x0102'), varbinary(30), 1), INT))).toBe('258');
    expect(shown(cast(cast(s('6F9619FF-8B86-D011-B42D-00C04FC964FF'), UNIQUEIDENTIFIER), varbinary(16)))).toBe(
      '0xFF19966F868B11D0B42D00C04FC964FF',
    );
  });

  it('keeps the base type in sql_variant', () => {
    const variant = cast(d('1.50'), SQL_VARIANT);
    expect(shown(cast(variant, varchar(10)))).toBe('1.50');
    expect(errorOf(() => converter(SQL_VARIANT, INT, { implicit: true })).number).toBe(257);
  });
});

describe('dates as text (learn.microsoft.com: CAST and CONVERT, date and time styles)', () => {
  const at = cast(s('2024-01-05 15:04:05.127'), DATETIME);
  it.each([
    [0, 'Jan  5 2024  3:04PM'],
    [1, '01/05/24'],
    [101, '01/05/2024'],
    [102, '2024.01.05'],
    [103, '05/01/2024'],
    [104, '05.01.2024'],
    [105, '05-01-2024'],
    [106, '05 Jan 2024'],
    [107, 'Jan 05, 2024'],
    [108, '15:04:05'],
    [109, 'Jan  5 2024  3:04:05:127PM'],
    [110, '01-05-2024'],
    [111, '2024/01/05'],
    [112, '20240105'],
    [113, '05 Jan 2024 15:04:05:127'],
    [114, '15:04:05:127'],
    [120, '2024-01-05 15:04:05'],
    [121, '2024-01-05 15:04:05.127'],
    [126, '2024-01-05T15:04:05.127'],
  ])('style %i', (style, expected) => {
    expect(shown(cast(at, varchar(40), style))).toBe(expected);
  });

  it('refuses unknown styles, and styles for parts that the type lacks', () => {
    expect(errorOf(() => cast(at, varchar(40), 99))).toEqual({
      number: 281,
      message: '99 is not a valid style number when converting from datetime to a character string.',
    });
    expect(errorOf(() => cast(cast(s('2024-01-05'), DATE), varchar(40), 108)).number).toBe(9809);
    expect(errorOf(() => cast(at, varchar(40), 130)).number).toBe(50000);
  });

  it.each([
    ['20240105', '2024-01-05 00:00:00.0000000'],
    ['01/02/24', '2024-01-02 00:00:00.0000000'],
    ['Jan 5, 2024 3:04PM', '2024-01-05 15:04:00.0000000'],
    ['5 January 2024', '2024-01-05 00:00:00.0000000'],
    ['2024-01-05T10:11:12.1234567', '2024-01-05 10:11:12.1234567'],
    ['3:04:05.12', '1900-01-01 03:04:05.1200000'],
    ['2024-1-5 4 PM', '2024-01-05 16:00:00.0000000'],
    ['', '1900-01-01 00:00:00.0000000'],
  ])('reads %s', (text, expected) => {
    expect(to(DATETIME2)(text)).toBe(expected);
  });

  it('reads day first under style 103', () => {
    expect(shown(cast(cast(s('03/02/2024'), DATE, 103), varchar(20)))).toBe('2024-02-03');
    expect(errorOf(() => evaluate(cast(s('12/31/2024'), DATE, 103))).number).toBe(241);
  });

  it('rounds datetime to .000, .003 and .007 (learn.microsoft.com: datetime)', () => {
    const rounded = ['998', '999', '994', '995', '992', '991'].map(ms =>
      shown(cast(cast(s(`1998-01-01 23:59:59.${ms}`), DATETIME), varchar(30), 121)),
    );
    expect(rounded.map(r => r.slice(8, 23))).toEqual([
      '01 23:59:59.997',
      '02 00:00:00.000',
      '01 23:59:59.993',
      '01 23:59:59.997',
      '01 23:59:59.993',
      '01 23:59:59.990',
    ]);
  });

  it('rounds smalldatetime at 29.999 seconds', () => {
    const minute = (text: string): string => shown(cast(cast(s(text), SMALLDATETIME), varchar(30), 120));
    expect(minute('2007-05-08 12:35:29.998')).toBe('2007-05-08 12:35:00');
    expect(minute('2007-05-08 12:35:29.999')).toBe('2007-05-08 12:36:00');
  });

  it('keeps offset and 100 ns of datetimeoffset', () => {
    const x = cast(s('2024-02-29 13:14:15.1234567 -08:00'), DATETIMEOFFSET);
    expect(shown(x)).toBe('2024-02-29 13:14:15.1234567 -08:00');
    expect(shown(cast(x, DATETIME2))).toBe('2024-02-29 13:14:15.1234567');
    expect(shown(cast(x, varchar(40), 127))).toBe('2024-02-29T21:14:15.1234567Z');
    expect(errorOf(() => evaluate(cast(s('2024-02-29 13:14:15 -08:00'), DATETIME))).number).toBe(241);
  });

  it('rounds to fewer digits', () => {
    expect(shown(cast(s('23:59:59.99999'), time(2)))).toBe('00:00:00.00');
    expect(shown(cast(s('2024-12-31 23:59:59.96'), datetime2(1)))).toBe('2025-01-01 00:00:00.0');
  });
});

describe('round trips', () => {
  it('decimal → text → decimal', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n), fc.integer({ min: 0, max: 38 }), (value, scale) => {
        const type = decimal(38, scale);
        const text = converter(type, NVARCHAR_MAX)(value);
        return converter(NVARCHAR_MAX, type)(text) === value;
      }),
    );
  });

  it('decimal → varbinary → decimal', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n),
        value => converter(VARBINARY_MAX, decimal(38, 4))(converter(decimal(38, 4), VARBINARY_MAX)(value)) === value,
      ),
    );
  });

  it('dates and times → varbinary → back', () => {
    fc.assert(
      fc.property(
        fc.bigInt(599266080000000000n, 655000000000000000n),
        fc.integer({ min: -840, max: 840 }),
        (ticks, offset) => {
          for (const t of [DATE, DATETIME, SMALLDATETIME, time(3), TIME, datetime2(2), DATETIME2]) {
            const value = converter(DATETIME2, t)(ticks);
            expect(converter(VARBINARY_MAX, t)(converter(t, VARBINARY_MAX)(value))).toEqual(value);
          }
          const value = { utcTicks: ticks, offset };
          expect(converter(VARBINARY_MAX, DATETIMEOFFSET)(converter(DATETIMEOFFSET, VARBINARY_MAX)(value))).toEqual(
            value,
          );
        },
      ),
    );
  });

  it('datetime2 → text → datetime2', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 3155378975999999999n),
        ticks => converter(NVARCHAR_MAX, DATETIME2)(converter(DATETIME2, NVARCHAR_MAX)(ticks)) === ticks,
      ),
    );
  });

  it('datetime keeps its rounded value through text and datetime2', () => {
    fc.assert(
      fc.property(fc.bigInt(552877920000000000n, 3155378975999900000n), ticks => {
        const value = converter(DATETIME2, DATETIME)(ticks);
        expect(converter(DATETIME, DATETIME2)(value)).toBe(value);
        expect(converter(DATETIME2, DATETIME)(value)).toBe(value);
        expect(
          converter(NVARCHAR_MAX, DATETIME, { style: 121 })(converter(DATETIME, NVARCHAR_MAX, { style: 121 })(value)),
        ).toBe(value);
      }),
    );
  });

  it('date → day count → date', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3652058 }),
        days => converter(NVARCHAR_MAX, DATE)(converter(DATE, NVARCHAR_MAX)(days)) === days,
      ),
    );
  });
});

describe('assignment', () => {
  const target = { table: 'sandbox.dbo.t', column: 'c' };
  it('refuses text that does not fit, except for trailing spaces', () => {
    const assign = assignmentConverter(varchar(20), varchar(3), target);
    expect(assign('abc   ')).toBe('abc');
    expect(errorOf(() => assign('abcd'))).toEqual({
      number: 2628,
      message: "String or binary data would be truncated in table 'sandbox.dbo.t', column 'c'. Truncated value: 'abc'.",
    });
  });
  it('leaves short sources alone', () => {
    expect(assignmentConverter(varchar(3), varchar(3), target)('abc')).toBe('abc');
    expect(evaluate(cast(column('x', varchar(3)), varchar(3)))).toBe('x');
  });
});

describe('type names', () => {
  it('reads names, synonyms and facets', () => {
    expect(describeType(typeFromName('DECIMAL', [10, 2]))).toBe('decimal(10,2)');
    expect(describeType(typeFromName('character varying', [5]))).toBe('varchar(5)');
    expect(describeType(typeFromName('nvarchar', ['max']))).toBe('nvarchar(max)');
    expect(describeType(typeFromName('varchar', [], 'varchar', 30))).toBe('varchar(30)');
    expect(typeFromName('float', [24]).name).toBe('real');
  });
  it.each([
    ['foo', [], 243],
    ['varchar', [9000], 131],
    ['decimal', [39], 2750],
    ['decimal', [5, 6], 192],
    ['int', [4], 2716],
    ['datetime2', [8], 1002],
    ['varchar', [0], 1001],
  ] as const)('refuses %s(%s) with %i', (name, args, number) => {
    expect(errorOf(() => typeFromName(name, args)).number).toBe(number);
  });
});
