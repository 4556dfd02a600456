import 'reflect-metadata';
import { IsBoolean, IsString, MaxLength } from 'class-validator';
import { IsAbsentOr } from './absent-or.decorator.js';
import { IsText, rule } from '../../config/validation/setting.decorators.js';

/** The names of local users; the subjects of an upstream provider contain a bar, and so can't be one. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/;

function IsShortList(maxItems: number, maxLength: number): PropertyDecorator {
  return rule(
    'isShortList',
    value =>
      Array.isArray(value) &&
      value.length <= maxItems &&
      value.every(item => typeof item === 'string' && item.length <= maxLength),
    `must be a list of at most ${maxItems} texts of at most ${maxLength} characters`,
  );
}

/** One entry of the users file, with the file's own keys. */
export class UserEntry {
  /** A local name, or `issuer|subject` to disable a person of an upstream provider. */
  @IsText(600) name!: string;

  /** argon2id in PHC form; absent for people who sign in upstream. */
  @IsAbsentOr() @IsString() @MaxLength(400) password?: string;

  @IsAbsentOr() @IsBoolean() disabled?: boolean;

  @IsAbsentOr()
  @IsShortList(100, 200)
  groups?: string[];

  /** Tenants this person may use; absent: every tenant whose access rules admit them. */
  @IsAbsentOr()
  @IsShortList(500, 63)
  tenants?: string[];

  /** Everything issued before this moment is void: set when the password changes. */
  @IsAbsentOr()
  @rule(
    'isUtcTime',
    value => typeof value === 'string' && UTC_TIME.test(value) && !Number.isNaN(Date.parse(value)),
    'must be a time in UTC, such as 2026-01-31T09:30:00Z',
  )
  valid_from?: string;
}
