import { known, mean, type Series } from './numbers.js';

/**
 * The coefficient of variation: the standard deviation of the sample (STDEV of SQL) divided by the mean's magnitude. Null
 * of fewer than two values, and where the mean is 0.
 */
export function volatilityOf(series: Series): number | null {
  const values = known(series);
  const center = mean(values);
  if (values.length < 2 || center === null || center === 0) return null;
  if (values.every(value => value === values[0])) return 0;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) / Math.abs(center);
}
