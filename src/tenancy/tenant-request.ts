import type { Request } from 'express';
import type { Principal } from '../common/principal.js';
import type { Tenant } from './tenant.js';

export interface TenantRequest extends Request {
  /** Absent on paths of the whole process: its probes, and discovery at the root. */
  tenant?: Tenant;
  /** The client's own URL has no prefix: DEFAULT_TENANT stands in. */
  unprefixed?: boolean;
}

export interface PrincipalRequest extends TenantRequest {
  principal?: Principal;
}
