import type { Tenant } from '../tenancy/tenant.js';
import { UsageError } from './command.js';

/** The named tenant, or all without a name. Throws UsageError when there is none of that name. */
export function namedTenants(all: readonly Tenant[], name: string | undefined): readonly Tenant[] {
  const tenants = name === undefined ? all : all.filter(tenant => tenant.name === name);
  if (tenants.length > 0) return tenants;
  throw new UsageError(`There is no tenant "${name}". The tenants are ${all.map(tenant => tenant.name).join(', ')}.`);
}
