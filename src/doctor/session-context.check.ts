import type { SessionContextMode } from '../database/connection/database-status.js';
import type { Tenant } from '../tenancy/tenant.js';
import { fault, type Finding, ok, warning } from './finding.js';
import { hasAttributes } from '../tenancy/access-attributes.js';

/** How the database learns who is calling, where it is not as on SQL Server. */
export function userContext(tenant: Tenant, mode: SessionContextMode): Finding {
  const subject = `${tenant.name}: session context`;
  const attributes = hasAttributes(tenant);
  switch (mode) {
    case 'connection_per_user':
      return warning(
        subject,
        'a reset of this server keeps the session context, so each change of user opens a new connection',
        'If the database needs no row-level security, session_context: false lets users share connections.',
      );
    case 'off':
    case 'unsupported':
      return attributes
        ? fault(
            subject,
            'access rules have attributes, but the database is not told who is calling: all calls are refused',
            mode === 'off'
              ? 'Remove session_context: false (SESSION_CONTEXT), or the attributes.'
              : 'Use SQL Server 2016 or later, or remove the attributes.',
          )
        : ok(subject, 'the database is not told who is calling, and no access rule needs it');
    default:
      return mode satisfies never;
  }
}
