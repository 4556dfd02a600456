import { mean, type Series } from './numbers.js';

/** Below this r² a straight line explains too little of a series to be called a trend. */
export const UNCLEAR_BELOW = 0.3;
/** A line through fewer values says nothing. */
const LEAST_VALUES = 4;

export const DIRECTIONS = ['up', 'down', 'flat', 'unclear'] as const;

export interface LinearTrend {
  readonly direction: (typeof DIRECTIONS)[number];
  /** The change from one period to the next; null of fewer than two values. */
  readonly slope: number | null;
  /** The share of the variance that the line explains; null where there is no variance. */
  readonly r_squared: number | null;
}

/** The least-squares line. A period without a value takes up its place and does not count. */
export function linearTrend(series: Series): LinearTrend {
  const points = series.flatMap((y, x) => (y === null ? [] : [{ x, y }]));
  const [centerX, centerY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  if (points.length < 2 || centerX === null || centerY === null)
    return { direction: 'unclear', slope: null, r_squared: null };
  const sumOf = (product: (dx: number, dy: number) => number): number =>
    points.reduce((sum, { x, y }) => sum + product(x - centerX, y - centerY), 0);
  const slope = sumOf((dx, dy) => dx * dy) / sumOf(dx => dx * dx);
  // Rounding errors of the mean are no variance.
  const isConstant = points.every(({ y }) => y === points[0]?.y);
  const share = (slope ** 2 * sumOf(dx => dx * dx)) / sumOf((_dx, dy) => dy * dy);
  // No line explains more than everything, but for a rounding error.
  const rSquared = isConstant ? null : Math.min(share, 1);
  return { direction: directionOf(points.length, slope, rSquared), slope: isConstant ? 0 : slope, r_squared: rSquared };
}

function directionOf(values: number, slope: number, rSquared: number | null): LinearTrend['direction'] {
  if (values < LEAST_VALUES) return 'unclear';
  if (rSquared === null) return 'flat';
  if (rSquared < UNCLEAR_BELOW) return 'unclear';
  return slope > 0 ? 'up' : 'down';
}
