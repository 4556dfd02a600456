import { createHash } from 'node:crypto';
import type { Tenant } from '../tenancy/tenant.js';
import type { Knowledge } from './loaded-knowledge.js';

/**
 * Identifies the version of the definitions, and of the protected columns, from which an order for a file is made. An order
 * keeps its statements; whoever fetches the file compares the basis of then with that of now.
 */
export function orderBasis({ config }: Tenant, { sha256 }: Knowledge): string {
  const parts = [sha256, ...config.protectedColumns];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
