import { isCostGuarded, type CostGuardState } from '../database/connection/cost-guard.js';
import type { Tenant } from '../tenancy/tenant.js';
import { type Finding, ok, warning } from './finding.js';

/**
 * Returns the estimated cost of each plan in Query Store as text, the most recently used first. The cost is in the first
 * kilobytes of a plan, so the plans are not parsed. Needs Query Store and VIEW DATABASE STATE.
 */
export const PLAN_COSTS = `SELECT TOP (2000) SUBSTRING(p.query_plan, c.place + 22, 24) AS cost
FROM sys.query_store_plan AS p
CROSS APPLY (SELECT CHARINDEX(N'StatementSubTreeCost="', p.query_plan) AS place) AS c
WHERE c.place > 0 ORDER BY p.last_execution_time DESC`;

/** The limit that docs/operations.md proposes when nothing is known about the database. */
const USUAL_LIMIT = 300;
const SMALLEST_LIMIT = 10;
const FEWEST_PLANS = 50;
const SHARE = 0.99;

/** Twice the 99th percentile of the costs, rounded to two digits; undefined when there are too few plans. */
export function proposedLimit(costs: readonly string[]): number | undefined {
  const known = costs
    .map(text => Number.parseFloat(text))
    .filter(cost => Number.isFinite(cost) && cost >= 0)
    .sort((a, b) => a - b);
  if (known.length < FEWEST_PLANS) return undefined;
  const usual = known[Math.min(known.length - 1, Math.floor(known.length * SHARE))] ?? 0;
  return Math.max(SMALLEST_LIMIT, roundedUp(usual * 2));
}

function roundedUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / unit) * unit;
}

/** `costs` are those of PLAN_COSTS, or none. */
export function costGuard(tenant: Tenant, state: CostGuardState | undefined, costs: readonly string[]): Finding {
  const subject = `${tenant.name}: cost guard`;
  if (!isCostGuarded(tenant)) {
    const proposed = proposedLimit(costs);
    const why =
      proposed === undefined
        ? 'a usual value; Query Store could not be read, or has few plans'
        : 'twice what 99% of the plans in Query Store cost';
    return ok(
      subject,
      `statements have no limit of cost; MAX_QUERY_COST=${proposed ?? USUAL_LIMIT} would set one (${why})`,
    );
  }
  switch (state) {
    case 'active':
      return ok(subject, 'the server refuses statements whose estimated cost is above the limit');
    case 'ignored':
      return warning(
        subject,
        'MAX_QUERY_COST has no effect: this server ran a statement that is above the limit',
        'Rely on QUERY_TIMEOUT_MS and budgets here; docs/database-engines.md lists what this engine lacks.',
      );
    case undefined:
      return warning(
        subject,
        'it is not known whether the server honours MAX_QUERY_COST',
        'Run doctor again when the server is less busy.',
      );
    default:
      return state satisfies never;
  }
}
