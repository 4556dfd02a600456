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
    // In thousands, and in percent of a number.
    ['SUM(a) / 1000', true],
    ['100 * (SUM(a) - SUM(b)) / 40', true],
    ['SUM(a) * AVG(b)', true],
    ['COALESCE(AVG(a), 0)', true],
    ['COALESCE(SUM(a) / SUM(b), 1)', false],
    ['1000 / SUM(a)', false],
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
