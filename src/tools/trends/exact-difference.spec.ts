import { describe, expect, it } from '@jest/globals';
import { exactDifference } from './exact-difference.js';

describe('the difference of two totals', () => {
  it.each([
    [0.3, 0.1, 0.2],
    [100, 250.5, -150.5],
    ['90071992547409931.25', '90071992547409930.25', 1],
    ['123456789012345678901234567890.1234', 0.0001, '123456789012345678901234567890.1233'],
    [1e21, 1, '999999999999999999999'],
    [-5, -5, 0],
    ['-0.10', 0.2, -0.3],
  ])('%s − %s is exactly %s', (a, b, expected) => {
    expect(exactDifference(a, b)).toBe(expected);
  });
});
