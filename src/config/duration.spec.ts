import { durationText, secondsOf } from './duration.js';

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['45s', 45],
    ['10m', 600],
    ['12h', 43_200],
    ['2d', 172_800],
    ['90d', 7_776_000],
  ])('of %s is %d seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it.each(['', '45', '45 s', '-1s', '1.5m', '10M', '10min', '1m30s', '1w', '٣s', '9999999999s'])('is not %j', text =>
    expect(secondsOf(text)).toBeUndefined(),
  );

  it.each([
    [0, '0s'],
    [45, '45s'],
    [90, '90s'],
    [600, '10m'],
    [86_400, '1d'],
    [90_000, '25h'],
  ])('of %d seconds is written %s', (seconds, text) => expect(durationText(seconds)).toBe(text));
});
