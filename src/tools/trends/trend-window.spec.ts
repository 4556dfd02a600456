import { describe, expect, it } from '@jest/globals';
import { type Calendar, USUAL_CALENDAR } from '../../knowledge/file/definitions.js';
import { dayText } from './trend-report.js';
import { type WindowRequest, windowOf } from './trend-window.js';

/** A Tuesday, in the afternoon. */
const NOW = Date.UTC(2026, 10, 10, 15);

const shown = (request: Partial<WindowRequest>, calendar: Partial<Calendar> = {}) => {
  const window = windowOf({ period_days: 30, grain: 'day', ...request }, NOW, { ...USUAL_CALENDAR, ...calendar });
  const { start, end, previous, periods } = window;
  return {
    days: `${dayText(start)} … ${dayText(end - 1)}`,
    before: `${dayText(previous.start)} … ${dayText(previous.end - 1)}`,
    periods: periods.length,
    partial: periods.filter(({ partial }) => partial).map(({ start: first }) => dayText(first)),
  };
};

describe('the days of a trend', () => {
  it('end today, which is not over', () => {
    expect(shown({})).toEqual({
      days: '2026-10-12 … 2026-11-10',
      before: '2026-09-12 … 2026-10-11',
      periods: 30,
      partial: ['2026-11-10'],
    });
    expect(shown({ period_days: 1, to: 'yesterday' })).toEqual({
      days: '2026-11-09 … 2026-11-09',
      before: '2026-11-08 … 2026-11-08',
      periods: 1,
      partial: [],
    });
  });

  it.each([
    ['2025-03-27', '2025-02-01 … 2025-02-27'],
    ['2025-03-28', '2025-02-01 … 2025-02-28'],
    ['2025-03-30', '2025-02-01 … 2025-02-28'],
    ['2025-03-31', '2025-02-01 … 2025-02-28'],
    ['2025-02-28', '2025-01-01 … 2025-01-31'],
    ['2024-03-30', '2024-02-01 … 2024-02-29'],
  ])('of a month up to %s are compared with %s', (to, before) => {
    expect(shown({ grain: 'month', period_days: 10, to }).before).toBe(before);
  });

  it('begin with a whole week, on the first day of the calendar', () => {
    expect(shown({ grain: 'week', period_days: 14 })).toEqual({
      days: '2026-10-26 … 2026-11-10',
      before: '2026-10-05 … 2026-10-20',
      periods: 3,
      partial: ['2026-11-09'],
    });
    expect(shown({ grain: 'week', period_days: 14 }, { first_day_of_week: 'sunday' }).days).toBe(
      '2026-10-25 … 2026-11-10',
    );
  });

  it('are compared with as many months before, up to the same day', () => {
    expect(shown({ grain: 'month', period_days: 90 })).toEqual({
      days: '2026-08-01 … 2026-11-10',
      before: '2026-04-01 … 2026-07-10',
      periods: 4,
      partial: ['2026-11-01'],
    });
    // Of a month that ended no part is missing, whatever its length.
    expect(shown({ grain: 'month', period_days: 10, to: '2026-10-31' })).toEqual({
      days: '2026-10-01 … 2026-10-31',
      before: '2026-09-01 … 2026-09-30',
      periods: 1,
      partial: [],
    });
    expect(shown({ grain: 'month', period_days: 10, to: '2026-10-20' }).partial).toEqual(['2026-10-01']);
  });

  it.each(['2026-11-11', 'next week', '2026-11-10T12:00'])('do not end at %s', to => {
    expect(() => shown({ to })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
