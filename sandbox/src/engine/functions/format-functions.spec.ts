import { bind, call, cast, column, d, errorOf, evaluate, literal, n, s, shown } from '../testing/bound-values.ts';
import { DATE, DATETIME2, DATETIMEOFFSET, FLOAT, INT, MONEY, TIME, decimal } from '../types.ts';
import { parseWithCulture } from './parse-function.ts';

const f = (v: number) => literal(v, FLOAT);
const moment = cast(s('2024-02-09 15:04:05.1234567'), DATETIME2);

describe('FORMAT (learn.microsoft.com: FORMAT; .NET standard and custom format strings)', () => {
  it.each([
    [n(1234567), 'N', '1,234,567.00'],
    [n(1234567), 'N0', '1,234,567'],
    [d('1234.565'), 'N2', '1,234.57'],
    [d('-1234.5'), 'F1', '-1234.5'],
    [d('1234.5'), 'C', '$1,234.50'],
    [d('-1234.5'), 'C', '($1,234.50)'],
    [d('0.1234'), 'P1', '12.3%'],
    [n(42), 'D5', '00042'],
    [n(255), 'X', 'FF'],
    [n(-42), 'D4', '-0042'],
    [f(1234.5678), 'E2', '1.23E+003'],
    [f(0.1), 'G', '0.1'],
    [f(1e20), 'G', '1E+20'],
    [n(123456789), '###-##-####', '123-45-6789'],
    [n(5), '000', '005'],
    [d('1234.5'), '#,##0.00', '1,234.50'],
    [d('0.5'), '#.##', '.5'],
    [n(0), '#', ''],
    [n(1234567), '#,##0,', '1,235'],
    [d('0.256'), '0.0%', '25.6%'],
    [n(-5), '0;(0);zero', '(5)'],
    [n(0), '0;(0);zero', 'zero'],
    [n(7), "0 'items'", '7 items'],
    [d('12345.678'), '0.00E+00', '1.23E+04'],
    [n(12), '0.0#', '12.0'],
    [n(1234567), '0,0', '1,234,567'],
  ] as const)('%# %s', (value, format, expected) => {
    expect(call('FORMAT', value, s(format))).toBe(expected);
  });

  it('returns NULL for a format that the type lacks', () => {
    expect(call('FORMAT', d('1.5'), s('D'))).toBe('NULL');
    expect(call('FORMAT', cast(s('10:15'), TIME), s('hh:mm'))).toBe('NULL');
    expect(call('FORMAT', cast(s('10:15'), TIME), s('hh\\:mm'))).toBe('10:15');
  });

  it.each([
    ['d', '2/9/2024'],
    ['D', 'Friday, February 9, 2024'],
    ['yyyy-MM-dd', '2024-02-09'],
    ['dd/MM/yy HH:mm:ss', '09/02/24 15:04:05'],
    ['h:mm tt', '3:04 PM'],
    ['ddd, MMM d', 'Fri, Feb 9'],
    ['fff', '123'],
    ['yyyyMMddHHmmssfffffff', '20240209150405' + '1234567'],
    ['s', '2024-02-09T15:04:05'],
    ["yyyy'Q'", '2024Q'],
    ['MMMM', 'February'],
    ['o', '2024-02-09T15:04:05.1234567'],
    ['%d', '9'],
    ['G', '2/9/2024 3:04:05 PM'],
    ['t', '3:04 PM'],
    ['Y', 'February 2024'],
  ])('date %s', (format, expected) => {
    expect(call('FORMAT', moment, s(format))).toBe(expected);
  });

  it('formats by the culture', () => {
    expect(call('FORMAT', d('1234.5'), s('N'), s('de-DE'))).toBe('1.234,50');
    expect(call('FORMAT', d('1234.5'), s('C'), s('de-DE'))).toBe('1.234,50 €');
    expect(call('FORMAT', d('1234.5'), s('C'), s('en-GB'))).toBe('£1,234.50');
    expect(call('FORMAT', cast(moment, DATE), s('d'), s('de-DE'))).toBe('09.02.2024');
    expect(call('FORMAT', cast(moment, DATE), s('D'), s('de-DE'))).toBe('Freitag, 9. Februar 2024');
    expect(call('FORMAT', cast(moment, DATE), s('d'), s('en-US'))).toBe('2/9/2024');
    expect(call('FORMAT', cast(s('2024-02-09 10:00 +02:00'), DATETIMEOFFSET), s('HH:mm zzz'))).toBe('10:00 +02:00');
    expect(errorOf(() => evaluate(bind('FORMAT', n(1), s('N'), s('xx-klingon'))))).toEqual({
      number: 9818,
      message: "The culture parameter 'xx-klingon' provided in the function call is not supported.",
    });
    expect(errorOf(() => evaluate(bind('FORMAT', n(1), s('N'), s('ko-KR')))).number).toBe(50000);
    expect(errorOf(() => bind('FORMAT', s('x'), s('N')))).toEqual({
      number: 8116,
      message: 'Argument data type varchar is invalid for argument 1 of format function.',
    });
  });
});

describe('PARSE (learn.microsoft.com: PARSE)', () => {
  const parse = (
    text: string,
    type: Parameters<typeof parseWithCulture>[1],
    culture?: string,
    attempt = false,
  ): string => shown(parseWithCulture(s(text), type, culture === undefined ? undefined : s(culture), { try: attempt }));
  it('reads numbers and dates of a culture', () => {
    expect(parse('€345,98', MONEY, 'de-DE')).toBe('345.98');
    expect(parse('1.234,5', decimal(9, 2), 'de-DE')).toBe('1234.50');
    expect(parse('09.02.2024', DATE, 'de-DE')).toBe('2024-02-09');
    expect(parse('12/16/2010', DATE)).toBe('2010-12-16');
    expect(parse('1,000', INT)).toBe('1000');
  });
  it('fails with 9819, or NULL under TRY_PARSE', () => {
    expect(errorOf(() => parse('abc', INT))).toEqual({
      number: 9819,
      message: "Error converting string value 'abc' into data type int using culture ''.",
    });
    expect(parse('abc', INT, undefined, true)).toBe('NULL');
    expect(errorOf(() => parseWithCulture(column(1, INT), INT, undefined, { try: true })).number).toBe(8116);
  });
});
