import { ValidateIf } from 'class-validator';

/** As IsOptional, but a null is checked: `tenants:` with its list commented out must not mean every tenant. */
export function IsAbsentOr(): PropertyDecorator {
  return ValidateIf((_entry, value) => value !== undefined);
}
