import type { Principal } from '../common/principal.js';
import type { Tenant } from './tenant.js';

/**
 * Whether access rules of the tenant, or the person's own, give the database attributes, which row-level security then
 * probably uses.
 */
export function hasAttributes({ access }: Tenant, principal?: Principal): boolean {
  const holders = [...(access ?? []), ...(principal === undefined ? [] : [principal])];
  return holders.some(({ attributes }) => Object.keys(attributes ?? {}).length > 0);
}
