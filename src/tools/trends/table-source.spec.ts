import { describe, expect, it } from '@jest/globals';
import { readMetricExpression } from '../../knowledge/sql/metric-expression.js';
import { isZeroWithoutRows } from './table-source.js';

describe('a period without rows', () => {
  it.each([
    ['SUM(a)', true],
    ['COUNT(*)', true],
    ['COUNT(DISTINCT a)', true],
    ['SUM(a) - SUM(b)', true],
    ['-SUM(a) * 100', true],
    ['ROUND(SUM(a), 2)', true],
    ['COALESCE(SUM(a), 5)', true],
    ['SUM(a) + 5', false],
    ['AVG(a)', false],
    ['MAX(a)', false],
    ['SUM(a) / COUNT(*)', false],
    ['NULLIF(SUM(a), 0)', false],
    ['ABS(MIN(a))', false],
  ])('of %s has the total 0: %s', (expression, expected) => {
    expect(isZeroWithoutRows(readMetricExpression(expression))).toBe(expected);
  });
});
