import type { Calendar } from '../file/definitions.js';
import { untilNextProof } from '../proof/nightly.js';
import { boundary, localSql, periodSql } from './local-date-sql.js';
import { DAY, HOUR } from './periods.js';
import { readRange } from './range.js';
import { instantOf, localTime, offsetSteps } from './time-zone.js';

const calendar = (more: Partial<Calendar> = {}): Calendar => ({
  time_zone: 'Europe/Berlin',
  first_day_of_week: 'monday',
  fiscal_year_first_month: 1,
  fiscal_year_named_after: 'end',
  ...more,
});
/** Monday, 2026-11-30, 14:30 by the wall clock. */
const NOW = Date.UTC(2026, 10, 30, 14, 30);
const APRIL = calendar({ fiscal_year_first_month: 4 });
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString().slice(0, 16));

describe('a range', () => {
  it.each<[string | undefined, string | undefined, Calendar, string | undefined, string | undefined]>([
    ['2026-01-01', '2026-01-31', calendar(), '2026-01-01T00:00', '2026-02-01T00:00'],
    ['2026-01-01', undefined, calendar(), '2026-01-01T00:00', undefined],
    [undefined, '2026-01-01', calendar(), undefined, '2026-01-02T00:00'],
    ['2026-11-30T10:00', '2026-11-30 12:00', calendar(), '2026-11-30T10:00', '2026-11-30T12:00'],
    ['2026', undefined, calendar(), '2026-01-01T00:00', '2027-01-01T00:00'],
    ['2025', '2026-03', calendar(), '2025-01-01T00:00', '2026-04-01T00:00'],
    ['2026-02', undefined, calendar(), '2026-02-01T00:00', '2026-03-01T00:00'],
    ['2026-Q3', undefined, calendar(), '2026-07-01T00:00', '2026-10-01T00:00'],
    ['last quarter', undefined, calendar(), '2026-07-01T00:00', '2026-10-01T00:00'],
    ['Last Quarter', undefined, calendar({ fiscal_year_first_month: 2 }), '2026-08-01T00:00', '2026-11-01T00:00'],
    ['this_quarter', undefined, calendar({ fiscal_year_first_month: 2 }), '2026-11-01T00:00', '2027-02-01T00:00'],
    ['FY2026', undefined, APRIL, '2025-04-01T00:00', '2026-04-01T00:00'],
    [
      'FY2026',
      undefined,
      calendar({ fiscal_year_first_month: 4, fiscal_year_named_after: 'start' }),
      '2026-04-01T00:00',
      '2027-04-01T00:00',
    ],
    ['FY2026', undefined, calendar(), '2026-01-01T00:00', '2027-01-01T00:00'],
    ['fy2026-q2', undefined, APRIL, '2025-07-01T00:00', '2025-10-01T00:00'],
    ['last fiscal year', undefined, APRIL, '2025-04-01T00:00', '2026-04-01T00:00'],
    ['this fiscal year', undefined, APRIL, '2026-04-01T00:00', '2027-04-01T00:00'],
    ['last year', undefined, APRIL, '2025-01-01T00:00', '2026-01-01T00:00'],
    ['today', undefined, calendar(), '2026-11-30T00:00', '2026-12-01T00:00'],
    ['yesterday', undefined, calendar(), '2026-11-29T00:00', '2026-11-30T00:00'],
    ['last hour', undefined, calendar(), '2026-11-30T13:30', '2026-11-30T14:30'],
    ['last 30 days', undefined, calendar(), '2026-10-31T00:00', '2026-11-30T00:00'],
    ['last 3 months', undefined, calendar(), '2026-08-01T00:00', '2026-11-01T00:00'],
    ['this week', undefined, calendar(), '2026-11-30T00:00', '2026-12-07T00:00'],
    ['this week', undefined, calendar({ first_day_of_week: 'sunday' }), '2026-11-29T00:00', '2026-12-06T00:00'],
    ['last week', undefined, calendar({ first_day_of_week: 'saturday' }), '2026-11-21T00:00', '2026-11-28T00:00'],
    ['last month', 'today', calendar(), '2026-10-01T00:00', '2026-12-01T00:00'],
  ])('from %s to %s', (from, to, own, start, end) => {
    const range = readRange(from, to, NOW, own);
    expect([iso(range.start), iso(range.end)]).toEqual([start, end]);
  });

  it('takes times as results print them, with milliseconds', () => {
    const range = readRange('2026-11-30T13:30:00.5', '2026-11-30T13:30:01.1230000', NOW, calendar());
    expect(range).toEqual({
      start: Date.UTC(2026, 10, 30, 13, 30, 0, 500),
      end: Date.UTC(2026, 10, 30, 13, 30, 1, 123),
    });
    expect(() => readRange('2026-11-30T13:30:00.1234', undefined, NOW, calendar())).toThrow('not a date or period');
  });

  it.each([
    ['2026-13-01', undefined],
    ['2026-02-30', undefined],
    ['2026-Q5', undefined],
    ['next decade', undefined],
    ['last 0 days', undefined],
    ["2026-01-01'; DROP TABLE x", undefined],
    ['2026-01-02', '2026-01-01'],
    ['last quarter', '2020'],
  ])('refuses from %s to %s, and says what to write', (from, to) => {
    const refused = () => readRange(from, to, NOW, calendar());
    expect(refused).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.stringContaining('last quarter') }),
    );
  });
});

describe('local time', () => {
  it('follows the changes of clocks of its zone', () => {
    const steps = offsetSteps('Europe/Berlin', Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1));
    expect(steps.map(({ from, minutes }) => [iso(from), minutes])).toEqual([
      ['2026-01-01T00:00', 60],
      ['2026-03-29T01:00', 120],
      ['2026-10-25T01:00', 60],
    ]);
  });

  it.each(['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'UTC', 'Australia/Lord_Howe'])(
    'of %s is turned back into the moment, every day of a year',
    zone => {
      for (let day = 0; day < 365; day++) {
        const moment = Date.UTC(2026, 0, 1, 12) + day * DAY;
        expect(instantOf(localTime(moment, zone), zone)).toBe(moment);
      }
    },
  );

  it('of a time that clocks leave out is that of the moment of the change', () => {
    expect(iso(instantOf(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin'))).toBe('2026-03-29T01:00');
    // The tz database: clocks go forward at midnight, so that this day begins at 1:00.
    expect(iso(instantOf(Date.UTC(2024, 3, 26), 'Africa/Cairo'))).toBe('2024-04-25T22:00');
    expect(iso(instantOf(Date.UTC(2024, 8, 8), 'America/Santiago'))).toBe('2024-09-08T04:00');
    // A whole day was left out when the date line moved.
    expect(iso(instantOf(Date.UTC(2011, 11, 30), 'Pacific/Apia'))).toBe('2011-12-30T10:00');
  });

  it.each(['Africa/Cairo', 'America/Santiago', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia', 'Europe/Lisbon'])(
    'of %s begins each day at the first moment that has its date',
    zone => {
      const dates = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
      for (const year of [2011, 2024])
        for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY) {
          const begin = instantOf(day, zone);
          const date = new Date(day).toISOString().slice(0, 10);
          expect(dates.format(begin) >= date).toBe(true);
          expect(dates.format(begin - 1) < date).toBe(true);
        }
    },
  );
});

describe('the SQL of a period', () => {
  it('stands for a UTC column with the changes of clocks within the range only', () => {
    const range = { start: Date.UTC(2026, 5, 1), end: Date.UTC(2026, 11, 1) };
    expect(localSql('t.[at]', 'utc', range, NOW, calendar())).toBe(
      "DATEADD(minute, CASE WHEN t.[at] < '2026-10-25T01:00:00' THEN 120 ELSE 60 END, t.[at])",
    );
    const summer = { start: Date.UTC(2026, 5, 1), end: Date.UTC(2026, 6, 1) };
    expect(localSql('t.[at]', 'utc', summer, NOW, calendar())).toBe('DATEADD(minute, 120, t.[at])');
    expect(localSql('t.[at]', 'utc', {}, NOW, calendar({ time_zone: 'UTC' }))).toBe('t.[at]');
    expect(localSql('t.[at]', 'local', range, NOW, calendar())).toBe('t.[at]');
  });

  it('does not depend on the first day of the week that the session has', () => {
    expect(periodSql('week', 'd', calendar())).not.toMatch(/weekday|week\b/i);
  });

  it('has boundaries in the time of the column', () => {
    const midnight = Date.UTC(2026, 6, 1);
    expect(boundary(midnight, 'utc', 'datetime2', calendar())).toEqual({
      type: 'datetime2(3)',
      value: '2026-06-30T22:00:00',
    });
    expect(boundary(midnight, 'local', 'datetime', calendar())).toEqual({
      type: 'datetime',
      value: '2026-07-01T00:00:00',
    });
    expect(boundary(midnight, 'offset', 'datetimeoffset', calendar()).value).toBe('2026-06-30T22:00:00Z');
    expect(boundary(midnight, 'date', 'date', calendar())).toEqual({ type: 'date', value: '2026-07-01' });
  });
});

describe('the nightly proof', () => {
  it.each([
    [Date.UTC(2026, 10, 30, 14, 30), 12.5 - 1],
    [Date.UTC(2026, 10, 30, 1, 0), 1],
    [Date.UTC(2026, 10, 30, 2, 0), 24],
  ])('comes at 3:00 of the zone, after %d', (now, hours) => {
    expect(untilNextProof(now, 'Europe/Berlin', () => 0)).toBe(hours * HOUR);
  });
});
