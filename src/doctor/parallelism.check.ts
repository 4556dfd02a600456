import type { Tenant } from '../tenancy/tenant.js';
import { type Finding, ok, warning } from './finding.js';

/**
 * Returns one row: the largest degree of parallelism that the session's workload group allows, where 0 is no limit. A
 * group's limit holds for hints too, those of the server and of the database don't. It needs VIEW SERVER STATE.
 */
export const GROUP_LIMIT = `SELECT g.max_dop FROM sys.dm_exec_sessions AS s
JOIN sys.dm_resource_governor_workload_groups AS g ON g.group_id = s.group_id WHERE s.session_id = @@SPID`;

const TODO =
  'Run scripts/sql/serial-plans.sql if row-level security uses SESSION_CONTEXT; docs/security.md names the known issue of SQL Server.';

/** `groupLimit` is undefined when it could not be read. */
export function parallelPlans(tenant: Tenant, groupLimit: number | undefined): Finding {
  const subject = `${tenant.name}: parallel plans`;
  if (groupLimit === 1) return ok(subject, 'the workload group of its sessions has MAX_DOP 1');
  const issue = 'SESSION_CONTEXT can give wrong results in them';
  return groupLimit === undefined
    ? warning(subject, `it could not be read whether statements can have parallel plans; ${issue}`, TODO)
    : warning(subject, `the workload group of its sessions allows parallel plans; ${issue}`, TODO);
}
