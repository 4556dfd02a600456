import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { rule } from '../validation/setting.decorators.js';
import type { Conversion } from '../variable.decorator.js';

/** The largest value of SET QUERY_GOVERNOR_COST_LIMIT, an int. */
const LARGEST_COST = 2_147_483_647;
/** The word of a setting that switches the limit off. */
const OFF = 'off';

/** Gives 0 for `off`. A text of digits becomes a number; anything else stays, and is refused. */
export const asCost: Conversion = text => {
  const word = text.trim().toLowerCase();
  if (word === OFF) return 0;
  return /^\d{1,10}$/.test(word) ? Number(word) : text;
};

/** Converts what YAML has, where `off` is a text. */
export const CostInYaml = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asCost(value) : value));

/** SQL Server rounds a limit down and takes 0 for none, so a fraction below 1 would switch the limit off silently. */
export function IsCost({ mayBeOff = true }: { mayBeOff?: boolean } = {}): PropertyDecorator {
  const least = mayBeOff ? 0 : 1;
  return rule(
    'isCost',
    value => Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST_COST,
    `must be ${mayBeOff ? 'off or ' : ''}a whole number from 1 to ${LARGEST_COST}`,
  );
}
