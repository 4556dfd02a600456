/** A series by period; null where a period has no value. */
export type Series = readonly (number | null)[];

export function known(series: Series): readonly number[] {
  return series.filter(value => value !== null);
}

/** Null of no values. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** As PERCENTILE_CONT of SQL Server: interpolates between the two nearest values. Null of no values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (place - Math.floor(place));
}
