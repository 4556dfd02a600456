import fc from 'fast-check';
import {
  NULL,
  bind,
  call,
  cast,
  errorOf,
  evaluate,
  kw,
  literal,
  n,
  s,
  shown,
  testContext,
} from '../testing/bound-values.ts';
import { atTimeZone, timeZoneInfo } from '../time-zones.ts';
import { DATE, DATETIME, DATETIME2, DATETIMEOFFSET, TIME, datetime2, describeType, time, varchar } from '../types.ts';
import { bindScalarFunction } from './registry.ts';

const date = (text: string) => cast(s(text), DATE);
const dt = (text: string) => cast(s(text), DATETIME);
const dt2 = (text: string) => cast(s(text), DATETIME2);
const dto = (text: string) => cast(s(text), DATETIMEOFFSET);
const at121 = (x: ReturnType<typeof bind>): string => shown(cast(x, varchar(40), 121));

describe('date functions (learn.microsoft.com: Date and time data types and functions)', () => {
  const moment = dt2('2007-10-30 12:15:32.1234567');
  it.each([
    ['year', '2007'],
    ['yy', '2007'],
    ['quarter', '4'],
    ['month', '10'],
    ['dayofyear', '303'],
    ['day', '30'],
    ['week', '44'],
    ['weekday', '3'],
    ['hour', '12'],
    ['n', '15'],
    ['second', '32'],
    ['millisecond', '123'],
    ['microsecond', '123456'],
    ['nanosecond', '123456700'],
    ['iso_week', '44'],
  ])('DATEPART(%s)', (part, expected) => {
    expect(call('DATEPART', kw(part), moment)).toBe(expected);
  });

  it('knows ISO weeks, offsets and names', () => {
    expect(
      ['2005-01-01', '2007-01-01', '2008-12-31', '2010-01-01'].map(x => call('DATEPART', kw('isowk'), date(x))),
    ).toEqual(['53', '1', '1', '53']);
    expect(call('DATEPART', kw('tz'), dto('2007-05-10 00:00:01.1234567 +05:10'))).toBe('310');
    expect(call('DATENAME', kw('month'), moment)).toBe('October');
    expect(call('DATENAME', kw('dw'), moment)).toBe('Tuesday');
    expect(call('YEAR', s('2024-02-03'))).toBe('2024');
    expect(call('DATEPART', kw('ms'), dt('2024-01-01 00:00:00.127'))).toBe('127');
  });

  it('follows SET DATEFIRST', () => {
    const weekday = (first: number): unknown =>
      evaluate(
        bindScalarFunction('DATEPART', [kw('dw'), date('2024-01-07')], testContext({ dateFirst: first })) ?? NULL,
      );
    expect([7, 1, 3].map(weekday)).toEqual([1, 7, 5]);
  });

  it.each([
    ['month', 1, '2024-08-31', '2024-09-30'],
    ['month', -1, '2024-03-31', '2024-02-29'],
    ['year', 1, '2024-02-29', '2025-02-28'],
    ['quarter', 2, '2024-01-31', '2024-07-31'],
    ['week', 2, '2024-01-31', '2024-02-14'],
    ['dayofyear', 1, '2023-12-31', '2024-01-01'],
  ])('DATEADD(%s, %i, %s)', (part, count, from, expected) => {
    expect(call('DATEADD', kw(part), n(count), date(from))).toBe(expected);
  });

  it('adds to other types', () => {
    expect(at121(bind('DATEADD', kw('ns'), n(150), dt2('2007-01-01 13:10:10.1111111')))).toBe(
      '2007-01-01 13:10:10.1111113',
    );
    expect(at121(bind('DATEADD', kw('ms'), n(2), dt('2024-01-01')))).toBe('2024-01-01 00:00:00.003');
    expect(call('DATEADD', kw('hour'), n(5), cast(s('22:00'), time(0)))).toBe('03:00:00');
    expect(call('DATEADD', kw('hour'), n(5), dto('2024-01-01 22:00 +02:00'))).toBe(
      '2024-01-02 03:00:00.0000000 +02:00',
    );
    expect(describeType(bind('DATEADD', kw('day'), n(1), s('2024-01-01')).type)).toBe('datetime');
  });

  it.each([
    [
      'DATEADD',
      [kw('year'), n(8000), date('2024-01-01')],
      517,
      "Adding a value to a 'date' column caused an overflow.",
    ],
    [
      'DATEADD',
      [kw('hour'), n(1), date('2024-01-01')],
      9810,
      'The datepart hour is not supported by date function dateadd for data type date.',
    ],
    [
      'DATEPART',
      [kw('year'), cast(s('12:00'), TIME)],
      9810,
      'The datepart year is not supported by date function datepart for data type time.',
    ],
    ['DATEPART', [kw('fortnight'), date('2024-01-01')], 155, "'fortnight' is not a recognized datepart option."],
    ['DATEPART', [s('year'), date('2024-01-01')], 1023, 'Invalid parameter 1 specified for datepart.'],
    [
      'DATEFROMPARTS',
      [n(2024), n(2), n(30)],
      289,
      'Cannot construct data type date, some of the arguments have values which are not valid.',
    ],
    [
      'TIMEFROMPARTS',
      [n(23), n(59), n(59), n(10), n(1)],
      289,
      'Cannot construct data type time, some of the arguments have values which are not valid.',
    ],
    [
      'DATE_BUCKET',
      [kw('week'), n(0), date('2024-01-01')],
      9834,
      'Invalid bucket width value passed to date_bucket function. Only positive values are allowed.',
    ],
  ] as const)('%s raises its error %#', (name, args, number, message) => {
    expect(errorOf(() => evaluate(bind(name, ...args)))).toEqual({ number, message });
  });

  it('counts boundaries; weeks begin on Sunday', () => {
    const parts = [
      'year',
      'quarter',
      'month',
      'dayofyear',
      'day',
      'week',
      'hour',
      'minute',
      'second',
      'millisecond',
      'microsecond',
    ];
    for (const part of parts) {
      expect(call('DATEDIFF', kw(part), dt2('2005-12-31 23:59:59.9999999'), dt2('2006-01-01 00:00:00.0000000'))).toBe(
        '1',
      );
    }
    expect(call('DATEDIFF', kw('week'), date('2024-01-06'), date('2024-01-07'))).toBe('1');
    expect(call('DATEDIFF', kw('week'), date('2024-01-07'), date('2024-01-13'))).toBe('0');
    expect(call('DATEDIFF', kw('day'), dto('2024-01-01 23:00 -05:00'), dto('2024-01-02 01:00 -05:00'))).toBe('0');
    expect(errorOf(() => evaluate(bind('DATEDIFF', kw('second'), s('1900-01-01'), s('2024-01-01')))).number).toBe(535);
    expect(call('DATEDIFF_BIG', kw('second'), s('1900-01-01'), s('2024-01-01'))).toBe('3913056000');
  });

  it('truncates dates and assigns them to buckets', () => {
    const x = dt2('2021-12-08 11:30:15.1234567');
    const truncated = [
      'year',
      'quarter',
      'month',
      'week',
      'iso_week',
      'day',
      'hour',
      'minute',
      'second',
      'millisecond',
    ].map(p => call('DATETRUNC', kw(p), x));
    expect(truncated).toEqual([
      '2021-01-01 00:00:00.0000000',
      '2021-10-01 00:00:00.0000000',
      '2021-12-01 00:00:00.0000000',
      '2021-12-05 00:00:00.0000000',
      '2021-12-06 00:00:00.0000000',
      '2021-12-08 00:00:00.0000000',
      '2021-12-08 11:00:00.0000000',
      '2021-12-08 11:30:00.0000000',
      '2021-12-08 11:30:15.0000000',
      '2021-12-08 11:30:15.1230000',
    ]);
    expect(call('DATE_BUCKET', kw('week'), n(2), date('2020-04-30'))).toBe('2020-04-27');
    expect(call('DATE_BUCKET', kw('month'), n(3), date('2020-05-30'))).toBe('2020-04-01');
    expect(call('DATE_BUCKET', kw('hour'), n(6), dt2('2020-04-30 13:00'), dt2('2020-04-30 01:00'))).toBe(
      '2020-04-30 13:00:00.0000000',
    );
  });

  it('builds dates and times from their parts', () => {
    expect(call('EOMONTH', date('2024-02-10'))).toBe('2024-02-29');
    expect(call('EOMONTH', s('12/1/2011'), n(-1))).toBe('2011-11-30');
    expect(call('DATEFROMPARTS', n(2010), n(12), n(31))).toBe('2010-12-31');
    expect(call('DATETIME2FROMPARTS', n(2011), n(8), n(15), n(14), n(23), n(44), n(5), n(1))).toBe(
      '2011-08-15 14:23:44.5',
    );
    expect(call('TIMEFROMPARTS', n(14), n(23), n(44), n(500), n(3))).toBe('14:23:44.500');
    expect(call('DATETIMEOFFSETFROMPARTS', n(2010), n(12), n(31), n(14), n(23), n(23), n(0), n(12), n(0), n(7))).toBe(
      '2010-12-31 14:23:23.0000000 +12:00',
    );
    expect(at121(bind('DATETIMEFROMPARTS', n(2010), n(12), n(31), n(23), n(59), n(59), n(0)))).toBe(
      '2010-12-31 23:59:59.000',
    );
    expect(call('SWITCHOFFSET', dto('1998-09-20 07:45:50.71345 -05:00'), s('-08:00'))).toBe(
      '1998-09-20 04:45:50.7134500 -08:00',
    );
    expect(call('TODATETIMEOFFSET', dt2('2024-01-01'), n(-120))).toBe('2024-01-01 00:00:00.0000000 -02:00');
    expect([s('2024-02-29'), s('2024-02-30'), s('x'), NULL].map(x => call('ISDATE', x))).toEqual(['1', '0', '0', '0']);
  });

  it('returns the same time throughout a statement', () => {
    expect(at121(bind('GETDATE'))).toBe('2024-02-29 13:14:15.123');
    expect(call('SYSUTCDATETIME')).toBe('2024-02-29 13:14:15.1234567');
    expect(bind('GETDATE').literal).toBeUndefined();
  });

  it('DATEADD by days and DATEDIFF are inverse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 700_000, max: 800_000 }),
        fc.integer({ min: -50_000, max: 50_000 }),
        (days, count) => {
          const start = literal(days, DATE);
          const end = bind('DATEADD', kw('day'), n(count), start);
          expect(evaluate(bind('DATEDIFF', kw('day'), start, end))).toBe(count);
        },
      ),
    );
  });
});

describe('AT TIME ZONE (learn.microsoft.com: AT TIME ZONE, Remarks)', () => {
  const zoned = (text: string, zone: string): string => shown(atTimeZone(cast(s(text), datetime2(0)), s(zone)));
  it.each([
    ['2022-03-27 01:01:00', '2022-03-27 01:01:00 +01:00'],
    ['2022-03-27 02:01:00', '2022-03-27 03:01:00 +02:00'],
    ['2022-03-27 03:01:00', '2022-03-27 03:01:00 +02:00'],
    ['2022-10-30 01:01:00', '2022-10-30 01:01:00 +02:00'],
    ['2022-10-30 02:00:00', '2022-10-30 02:00:00 +02:00'],
    ['2022-10-30 03:01:00', '2022-10-30 03:01:00 +01:00'],
  ])('%s in Central Europe', (text, expected) => {
    expect(zoned(text, 'Central European Standard Time')).toBe(expected);
  });

  it('converts datetimeoffset and refuses unknown zones', () => {
    expect(shown(atTimeZone(dto('2024-07-01 12:00 +00:00'), s('pacific standard time')))).toBe(
      '2024-07-01 05:00:00.0000000 -07:00',
    );
    expect(zoned('2024-01-01 00:00', 'India Standard Time')).toBe('2024-01-01 00:00:00 +05:30');
    expect(errorOf(() => evaluate(atTimeZone(dt2('2024-01-01'), s('Europe/Berlin'))))).toEqual({
      number: 9820,
      message: "The time zone parameter 'Europe/Berlin' provided to AT TIME ZONE clause is invalid.",
    });
  });

  it('knows every zone of its table', () => {
    const zones = timeZoneInfo(638_500_000_000_000_000n);
    expect(zones.length).toBeGreaterThan(135);
    expect(zones.every(z => Number.isInteger(z.offset))).toBe(true);
  });
});
