import type { CellValue } from '../../driver/result-set.js';

/** What the values of a column are like. */
export interface ColumnProfile {
  readonly distinct?: number;
  readonly nulls?: number;
  readonly min?: CellValue;
  readonly max?: CellValue;
  /** The most frequent values that occur more than once. */
  readonly common?: readonly { readonly value: CellValue; readonly count: number }[];
  /** ISO 8601. */
  readonly as_of: string;
  /** Whether the numbers are those of a part of the rows. */
  readonly sampled: boolean;
}

const MAX_COMMON = 5;
/** Characters of one value. */
const MAX_VALUE = 40;

/** Without what is undefined, and with long texts cut. */
export function profileOf(
  profile: {
    readonly [K in keyof ColumnProfile]?: ColumnProfile[K] | undefined;
  } & Pick<ColumnProfile, 'as_of' | 'sampled'>,
): ColumnProfile {
  const { min, max, common } = profile;
  const shown = {
    ...profile,
    min: min === undefined ? undefined : shortened(min),
    max: max === undefined ? undefined : shortened(max),
    common:
      common === undefined || common.length === 0
        ? undefined
        : common.map(({ value, count }) => ({ value: shortened(value), count })),
  };
  return Object.fromEntries(
    Object.entries(shown).filter(([, value]) => value !== undefined),
  ) as unknown as ColumnProfile;
}

function shortened(value: CellValue): CellValue {
  return typeof value === 'string' && value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value;
}

/** The values that occur more than once, the most frequent first. */
export function commonOf(
  counts: Iterable<readonly [CellValue, number]>,
): readonly { readonly value: CellValue; readonly count: number }[] {
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_COMMON)
    .map(([value, count]) => ({ value, count: Math.round(count) }));
}
