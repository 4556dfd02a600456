import type { Request } from 'express';
import type { Principal } from '../common/principal.js';
import type { Tenant } from './tenant.js';

export interface TenantRequest extends Request {
  /** Absent on the paths of the whole process: its probes, and discovery at the root. */
  tenant?: Tenant;
  /** True when the client's own URL has no prefix, so that DEFAULT_TENANT decides. */
  unprefixed?: boolean;
}

export interface PrincipalRequest extends TenantRequest {
  principal?: Principal;
}
