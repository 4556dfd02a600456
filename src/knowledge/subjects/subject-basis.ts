import { hash } from 'node:crypto';
import type { Tenant } from '../../tenancy/tenant.js';
import type { Knowledge } from '../loaded-knowledge.js';

/** A hash of what says which of a person's data are handed out: the knowledge file and the protected columns. */
export function subjectBasis(knowledge: Knowledge | undefined, { config }: Tenant): string {
  return hash('sha256', JSON.stringify([knowledge?.sha256, config.protectedColumns]), 'hex');
}
