import { ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';
import { durationText } from '../duration.js';

/** A text of 1 to `maxLength` characters. */
export function IsText(maxLength: number, options?: ValidationOptions): PropertyDecorator {
  const isText = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= maxLength;
  return rule('isText', isText, ({ value }) => textFault(value, maxLength), options);
}

/** A list of at most `maxItems` texts of 1 to `maxLength` characters each. */
export function IsTextList(maxItems: number, maxLength = 512, options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isTextList',
    value =>
      Array.isArray(value) &&
      value.length <= maxItems &&
      value.every(item => typeof item === 'string' && item !== '' && item.length <= maxLength),
    `must be a list of at most ${maxItems} texts of 1 to ${maxLength} characters`,
    options,
  );
}

export function IsWholeNumber(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isWholeNumber',
    value => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    `must be a whole number from ${min} to ${max}`,
    options,
  );
}

/** A duration that `asDuration` has converted; the limits are in seconds. */
export function IsDuration(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isDuration',
    value => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    `must be a duration from ${durationText(min)} to ${durationText(max)}, such as 45s, 10m, 12h or 2d`,
    options,
  );
}

export function IsChoice(allowed: readonly string[], options?: ValidationOptions): PropertyDecorator {
  return rule(
    'isChoice',
    value => typeof value === 'string' && allowed.includes(value),
    `must be one of ${allowed.join(', ')}`,
    options,
  );
}

export function IsFlag(options?: ValidationOptions): PropertyDecorator {
  return rule('isFlag', value => typeof value === 'boolean', 'must be true or false', options);
}

/** Checks a setting together with the other settings of its object; `what` completes "needs …" in the message. */
export function Needs<T extends object>(what: string, holds: (settings: T) => boolean): PropertyDecorator {
  return rule('needs', (_value, settings) => holds(settings as T), `needs ${what}`);
}

/** A decorator of our own: `test` says what is allowed, `fault` continues the sentence that begins with the setting. */
export function rule(
  name: string,
  test: (value: unknown, owner: Readonly<Record<string, unknown>>) => boolean,
  fault: string | ((args: ValidationArguments) => string),
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value, args) => test(value, (args?.object ?? {}) as Readonly<Record<string, unknown>>),
        defaultMessage: args => (typeof fault === 'string' || args === undefined ? String(fault) : fault(args)),
      },
    },
    options,
  );
}

function textFault(value: unknown, maxLength: number): string {
  if (value === undefined || value === null) return 'is not set';
  if (value === '') return 'must not be empty';
  if (typeof value === 'number' || typeof value === 'boolean') return 'must be a text: put it into quotes';
  return typeof value === 'string' ? `must be at most ${maxLength} characters long` : 'must be a text';
}
