import os from 'node:os';
import type { Tenant } from '../../tenancy/tenant.js';
import type { Caller } from '../protocol/request-context.js';

/** Stands where HTTP has the OAuth client. No registered client has this id. */
const CLIENT = 'stdio';

/** The caller of every request over stdio: the account of the operating system, with all that the settings allow. */
export function localCaller(tenant: Tenant): Caller {
  return {
    tenant,
    principal: {
      subject: `${CLIENT}:${accountName()}`,
      client: CLIENT,
      tenant: tenant.name,
      scopes: new Set(tenant.scopes),
      highestScope: tenant.config.readOnly ? 'sql:read' : 'sql:write',
      mayExport: tenant.config.exports,
      access: {},
      attributes: {},
    },
    clientKey: CLIENT,
    tokenKey: CLIENT,
  };
}

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
