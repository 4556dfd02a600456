import { AppError } from '../common/app-error.js';
import type { Principal } from '../common/principal.js';
import type { ExportLink } from '../export/links/export-link.js';
import type { Tenant } from '../tenancy/tenant.js';

export interface Download {
  readonly tenant: Tenant;
  readonly link: ExportLink;
  readonly principal: Principal;
  /** Rejects when the person may not have the file any more. */
  readonly stillAllowed: () => Promise<unknown>;
}

/** The link can't be used; the message doesn't tell whose it is. */
export function gone(): AppError {
  return new AppError('NOT_FOUND', 'This link has expired, was used or revoked, or is for another person.');
}
