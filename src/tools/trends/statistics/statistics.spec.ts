import { describe, expect, it } from '@jest/globals';
import { categoriesBy } from './categories.js';
import { linearTrend } from './linear-trend.js';
import { movingAverages } from './moving-averages.js';
import { percentile } from './numbers.js';
import { outliersOf } from './outliers.js';
import { volatilityOf } from './volatility.js';

describe('a percentile', () => {
  it.each([
    [[1, 2, 3, 4], 0.25, 1.75],
    [[1, 2, 3, 4], 0.75, 3.25],
    [[40, 10, 20], 0.5, 20],
    [[7], 0.75, 7],
    [[], 0.5, null],
  ])('of %j at %d is %s, as PERCENTILE_CONT has it', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('the categories', () => {
  it('begin at the quartiles themselves', () => {
    // The quartiles of 1 … 5 are 2 and 4.
    expect([1, 2, 3, 4, 5].map(categoriesBy([1, 2, 3, 4, 5]))).toEqual(['Low', 'Low', 'Normal', 'High', 'High']);
  });

  it('call a constant Normal, and what differs from it High or Low', () => {
    expect([0, 9, -1].map(categoriesBy([0, 0, 0, 0, 0, 9]))).toEqual(['Normal', 'High', 'Low']);
    expect([5].map(categoriesBy([5, 5]))).toEqual(['Normal']);
    expect([5].map(categoriesBy([]))).toEqual(['Normal']);
  });
});

describe('the moving average', () => {
  it('is that of the periods before, of fewer at the beginning', () => {
    expect(movingAverages([1, 2, 3, 4, 5, 6, 7, 8], 7)).toEqual([1, 1.5, 2, 2.5, 3, 3.5, 4, 5]);
  });

  it('passes over periods without a value', () => {
    expect(movingAverages([null, 4, null, 8], 2)).toEqual([null, 4, 4, 8]);
    expect(movingAverages([], 7)).toEqual([]);
  });
});

describe('the trend', () => {
  it.each([
    ['a line up', [1, 3, 5, 7], { direction: 'up', slope: 2, r_squared: 1 }],
    ['a line down', [9, 6, 3, 0], { direction: 'down', slope: -3, r_squared: 1 }],
    ['a constant', [0.1, 0.1, 0.1, 0.1], { direction: 'flat', slope: 0, r_squared: null }],
    // Σdxdy = 8, Σdx² = 10, Σdy² = 10, so r² = 8² / (10 × 10).
    ['a rise with noise', [1, 3, 2, 5, 4], { direction: 'up', slope: 0.8, r_squared: 0.64 }],
    // Σdxdy = 2, Σdx² = 5, Σdy² = 4.
    ['a weak rise', [1, 3, 1, 3], { direction: 'unclear', slope: 0.4, r_squared: 0.2 }],
    ['three values', [1, 2, 3], { direction: 'unclear', slope: 1, r_squared: 1 }],
    ['one value', [5], { direction: 'unclear', slope: null, r_squared: null }],
    ['no value', [], { direction: 'unclear', slope: null, r_squared: null }],
    ['a line with a hole', [2, null, 6, 8, 10], { direction: 'up', slope: 2, r_squared: 1 }],
  ])('of %s', (_what, values, expected) => {
    const { slope, r_squared: rSquared, direction } = linearTrend(values);
    expect(direction).toBe(expected.direction);
    if (expected.slope === null) expect(slope).toBeNull();
    else expect(slope).toBeCloseTo(expected.slope, 12);
    if (expected.r_squared === null) expect(rSquared).toBeNull();
    else expect(rSquared).toBeCloseTo(expected.r_squared, 12);
  });

  it('explains no more than everything', () => {
    const line = Array.from({ length: 8 }, (_, i) => (i * 23) / 10);
    expect(linearTrend(line).r_squared).toBeLessThanOrEqual(1);
  });
});

describe('outliers', () => {
  it('are beyond 3.5 of the robust z-score', () => {
    // The median is 12, the deviations are 2 1 1 0 0 1 1 2 88, their median 1: (100 − 12) × 0.6745.
    expect(outliersOf([10, 11, 11, 12, 12, 13, 13, 14, 100])).toEqual([{ index: 8, score: expect.closeTo(59.356, 9) }]);
    // (17 − 12) × 0.6745 = 3.3725 is within the bound, and (18 − 12) × 0.6745 = 4.047 is not.
    expect(outliersOf([10, 11, 11, 12, 12, 13, 13, 14, 17])).toEqual([]);
    expect(outliersOf([10, 11, 11, 12, 12, 13, 13, 14, 18])).toEqual([{ index: 8, score: expect.closeTo(4.047, 9) }]);
  });

  it('are measured by the mean deviation where most values are the same', () => {
    // The mean deviation is 30 / 10, the unit 3 × 1.253314.
    expect(outliersOf([5, 5, 5, 5, 5, 5, 5, 5, 5, null, 35])).toEqual([
      { index: 10, score: expect.closeTo(30 / 3.759942, 9) },
    ]);
  });

  it('do not occur in a constant or an empty series', () => {
    expect(outliersOf([4, 4, 4])).toEqual([]);
    expect(outliersOf([])).toEqual([]);
  });
});

describe('the volatility', () => {
  it.each([
    // The mean is 5, the squares add up to 32, STDEV is √(32 / 7).
    [[2, 4, 4, 4, 5, 5, 7, 9], Math.sqrt(32 / 7) / 5],
    [[-1, -3], Math.sqrt(2) / 2],
    [[0.1, 0.1, 0.1], 0],
    [[-1, 1], null],
    [[5], null],
    [[], null],
  ])('of %j', (values, expected) => {
    if (expected === null) expect(volatilityOf(values)).toBeNull();
    else expect(volatilityOf(values)).toBeCloseTo(expected, 12);
  });
});
