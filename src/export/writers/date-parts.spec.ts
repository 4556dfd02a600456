import { daysOf, offsetOf, timeOf } from './date-parts.js';

describe('the parts of dates', () => {
  it('count days as the proleptic Gregorian calendar does, in every month of 10,000 years', () => {
    for (let year = 1; year <= 9999; year += 1) {
      for (const [month, day] of [
        [1, 1],
        [2, 28],
        [3, 1],
        [12, 31],
      ] as const) {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${day < 10 ? '0' : ''}${day}`;
        if (daysOf(text) !== Date.parse(`${text}T00:00:00Z`) / 86_400_000) throw new Error(text);
      }
    }
    expect(daysOf('2024-02-29')).toBe(Date.parse('2024-02-29') / 86_400_000);
  });

  it('read times of every scale, and offsets', () => {
    expect(timeOf('23:59:59', 0)).toEqual({ seconds: 86_399, nanos: 0, end: 8 });
    expect(timeOf('00:00:00.1', 0)).toEqual({ seconds: 0, nanos: 100_000_000, end: 10 });
    const text = '2024-01-01T01:02:03.1234567-05:30';
    const time = timeOf(text, 11);
    expect(time).toEqual({ seconds: 3_723, nanos: 123_456_700, end: 27 });
    expect(offsetOf(text, time.end)).toBe(-19_800);
    expect(offsetOf('2024-01-01T00:00:00+14:00', 19)).toBe(50_400);
    expect(offsetOf('2024-01-01T00:00:00', 19)).toBe(0);
  });
});
