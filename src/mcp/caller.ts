import type { Principal } from '../common/principal.js';
import type { TenantRequest } from '../tenancy/tenant.middleware.js';
import type { Caller } from './exchange.js';

/** A request that passed the guards. */
export type McpRequest = TenantRequest & { principal?: Principal };

export function callerOf(req: McpRequest): Caller {
  const { tenant, principal } = req;
  if (tenant === undefined || principal === undefined) throw new Error('The guards did not run.');
  const agent = req.headers['user-agent'] ?? '';
  return {
    tenant,
    principal,
    clientKey: `${tenant.name}\n${principal.subject}\n${principal.client}\n${agent.slice(0, 200)}`,
    tokenKey: `${tenant.name}\n${req.headers.authorization ?? ''}\n${agent}`,
  };
}
