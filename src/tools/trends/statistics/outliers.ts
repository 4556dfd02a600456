import { known, mean, percentile, type Series } from './numbers.js';

/** B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers (1993): the modified z-score and its bound. */
const MEDIAN_FACTOR = 0.6745;
const OUTLIER_BEYOND = 3.5;
/** The mean absolute deviation of a normal distribution is its standard deviation divided by this (√(π/2)). */
const MEAN_FACTOR = 1.253314;

export interface Outlier {
  readonly index: number;
  readonly score: number;
}

/**
 * The values whose robust z-score is beyond 3.5. Where more than half of the values are the same, so that the median
 * deviation is 0, the mean deviation takes its place.
 */
export function outliersOf(series: Series): readonly Outlier[] {
  const values = known(series);
  const middle = percentile(values, 0.5);
  if (middle === null) return [];
  const deviations = values.map(value => Math.abs(value - middle));
  const [median, average] = [percentile(deviations, 0.5) ?? 0, mean(deviations) ?? 0];
  const unit = median > 0 ? median / MEDIAN_FACTOR : average * MEAN_FACTOR;
  if (unit === 0) return [];
  return series.flatMap((value, index) => {
    const score = value === null ? 0 : (value - middle) / unit;
    return Math.abs(score) > OUTLIER_BEYOND ? [{ index, score }] : [];
  });
}
