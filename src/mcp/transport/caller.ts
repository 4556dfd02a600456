import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import type { Caller } from '../protocol/request-context.js';

/** The caller of a request that passed the guards. Throws if they did not run. */
export function callerOf(req: PrincipalRequest): Caller {
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
