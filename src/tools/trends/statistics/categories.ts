import { known, percentile, type Series } from './numbers.js';

export const CATEGORIES = ['High', 'Normal', 'Low'] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * Judges values by the quartiles of a series: High from the 75th percentile up, Low down to the 25th. Where both are the
 * same number, that number is Normal. Without a series every value is Normal.
 */
export function categoriesBy(series: Series): (value: number) => Category {
  const values = known(series);
  const [low, high] = [percentile(values, 0.25), percentile(values, 0.75)];
  if (low === null || high === null) return () => 'Normal';
  return value => {
    if (value >= high && value > low) return 'High';
    return value <= low && value < high ? 'Low' : 'Normal';
  };
}
