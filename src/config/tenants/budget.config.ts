import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import type { Allowance, Budget } from '../../common/principal.js';
import { rule } from '../validation/setting.decorators.js';

const LARGEST_AMOUNT = 1_000_000_000_000;
const ALLOWANCE = /^(\d{1,13}(?:\.\d{1,6})?(?:e\d{1,2})?)\s*\/\s*(hour|day)$/i;

/** Reads `2000/day` or `1e6/hour`; undefined for any other text. */
export function readAllowance(text: string): Allowance | undefined {
  const [, number = '', per = ''] = ALLOWANCE.exec(text.trim()) ?? [];
  const amount = Number(number);
  if (per === '' || !Number.isInteger(amount) || amount < 1 || amount > LARGEST_AMOUNT) return undefined;
  return { amount, per: per.toLowerCase() as Allowance['per'] };
}

function IsAllowance(): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (readAllowance(value) ?? value) : value,
  );
  const check = rule(
    'isAllowance',
    value => typeof value === 'object' && value !== null,
    'must be a whole number from 1 to 1e12 with /hour or /day after it, such as 2000/day or 1e6/day',
  );
  return (target, property) => {
    IsOptional()(target, property);
    read(target, property);
    check(target, property);
  };
}

/** The setting `budget` of an access rule. */
export class BudgetConfig implements Budget {
  @IsAllowance() calls?: Allowance;
  @IsAllowance() rows?: Allowance;
  @IsAllowance() databaseSeconds?: Allowance;
}
