import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';

/** An item as `fetch` reads it, before it has its address. */
export interface ItemText {
  readonly title: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The page of an item. */
export function itemUrl({ issuer }: Tenant, id: string): string {
  return `${issuer}/items/${id}`;
}

/** One message for what doesn't exist and for what this person may not use. */
export function unknownItem(): AppError {
  return new AppError('INVALID_ARGUMENT', 'There is no item with this id, or you may not use it.', {
    hint: 'Take an id that search returned, unchanged.',
    details: { parameter: 'id' },
  });
}
