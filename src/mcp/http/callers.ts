import { Injectable } from '@nestjs/common';
import { certificateOf } from '../../http/client-certificate.js';
import { AccessWatch } from '../../oauth/resource-server/access-watch.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import type { Caller } from '../protocol/request-context.js';

/** Makes the caller of a request that passed the guards. */
@Injectable()
export class Callers {
  constructor(private readonly access: AccessWatch) {}

  /** Throws if the guards did not run. */
  of(req: PrincipalRequest): Caller {
    const { tenant, principal } = req;
    if (tenant === undefined || principal === undefined) throw new Error('The guards did not run.');
    const agent = req.headers['user-agent'] ?? '';
    return {
      tenant,
      principal,
      certificate: certificateOf(req),
      clientKey: `${tenant.name}\n${principal.subject}\n${principal.client}\n${agent.slice(0, 200)}`,
      tokenKey: `${tenant.name}\n${req.headers.authorization ?? ''}\n${agent}`,
      watchAccess: (lost, options) => this.access.watch(tenant, principal, lost, options),
    };
  }
}
