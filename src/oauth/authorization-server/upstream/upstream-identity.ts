import { AppError } from '../../../common/app-error.js';
import type { UpstreamConfig } from '../../../config/tenants/tenant.config.js';
import type { UpstreamIdentity } from '../../identity/accounts.service.js';

const MAX_GROUPS = 1_000;

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/**
 * Identifies a person of an upstream provider by issuer and subject, never by an e-mail address, which can be given to
 * another person. Entra's `sub` differs between applications, so there the directory and the object id are used.
 */
export function identityOf(claims: Claims, upstream: UpstreamConfig): UpstreamIdentity {
  const { tid, oid, name, preferred_username: username } = claims;
  const entra =
    /^https:\/\/login\.microsoftonline\.com\//.test(claims.iss) && typeof tid === 'string' && typeof oid === 'string';
  const subject = entra ? `${tid}|${oid}` : `${claims.iss}|${claims.sub}`;
  const shown = [name, username].find(value => typeof value === 'string' && value !== '') ?? claims.sub;
  return { subject, displayName: String(shown).slice(0, 100), groups: groupsOf(claims, upstream.groupsClaim) };
}

function groupsOf(claims: Claims, claim: string): readonly string[] {
  const value = claims[claim];
  const overage = claims['_claim_names'] as Record<string, unknown> | undefined;
  // Entra leaves the list out above 200 groups. Treated as "no groups" it would silently remove rights.
  if (value === undefined && overage?.[claim] !== undefined) {
    throw new AppError(
      'FORBIDDEN',
      'Your identity provider sends no groups because you are in too many. The administrator can limit the groups claim to groups assigned to this application, or use application roles.',
    );
  }
  const list = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  return list.filter(group => typeof group === 'string').slice(0, MAX_GROUPS);
}
