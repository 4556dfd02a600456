import type { Rows } from '../../connection/catalog-runner.js';
import type { CellValue } from '../../driver/result-set.js';
import { type ColumnProfile, commonOf, profileOf } from './column-profile.js';

interface Step {
  readonly value: CellValue;
  readonly equalRows: number;
  readonly distinctWithin: number;
}

/** Reads rows of HISTOGRAMS; of several statistics about a column the newest counts. */
export function histogramProfiles(rows: Rows): ReadonlyMap<string, ColumnProfile> {
  const newest = new Map<string, { readonly updated: string; readonly rows: Rows }>();
  for (const [, own] of Map.groupBy(rows, ([column, statistics]) => JSON.stringify([column, statistics]))) {
    const [column, , updated] = own[0] ?? [];
    const before = newest.get(String(column));
    if (before === undefined || before.updated < String(updated))
      newest.set(String(column), { updated: String(updated), rows: own });
  }
  return new Map([...newest].map(([column, { updated, rows: own }]) => [column, profileFrom(own, updated)]));
}

function profileFrom(rows: Rows, updated: string): ColumnProfile {
  const [, , , total, sampled] = rows[0] ?? [];
  const steps = rows.map(([, , , , , value = null, , equalRows, distinctWithin]): Step => ({
    value,
    equalRows: Number(equalRows),
    distinctWithin: Number(distinctWithin),
  }));
  // NULL has a step of its own, before all others.
  const values = steps.filter(({ value }) => value !== null);
  const isNull = steps.find(({ value }) => value === null);
  return profileOf({
    distinct: values.reduce((sum, { distinctWithin }) => sum + distinctWithin, values.length),
    nulls: Math.round(isNull?.equalRows ?? 0),
    min: values[0]?.value,
    max: values[values.length - 1]?.value,
    common: commonOf(values.map(({ value, equalRows }) => [value, equalRows] as const)),
    as_of: updated,
    sampled: Number(sampled) < Number(total),
  });
}
