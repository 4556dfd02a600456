import { known, mean, type Series } from './numbers.js';

/**
 * For each period the mean of it and of those before it, `width` in all. It is that of fewer periods at the beginning, as
 * with ROWS BETWEEN … PRECEDING, and where periods have no value. Null where none of them has one.
 */
export function movingAverages(series: Series, width: number): Series {
  return series.map((_value, i) => mean(known(series.slice(Math.max(0, i - width + 1), i + 1))));
}
