import { randomBytes } from 'node:crypto';
import { Budgets } from '../../src/budgets/budgets.js';
import { SqliteStateStore } from '../../src/state/sqlite.state-store.js';
import { StateCipher } from '../../src/state/state-cipher.js';
import { CatalogRunner } from '../../src/database/connection/catalog-runner.js';
import { CatalogFallback } from '../../src/database/catalog/catalog-fallback.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import { CostGuard } from '../../src/database/connection/cost-guard.js';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import { DatabaseStatus } from '../../src/database/connection/database-status.js';
import { LoginPermissions } from '../../src/database/connection/login-permissions.js';
import { QueryEvents } from '../../src/database/query-events.js';
import { PlanGrants } from '../../src/database/plans/plan-grants.js';
import { PlanProbe } from '../../src/database/plans/plan-probe.js';
import { PlanRunner } from '../../src/database/plans/plan-runner.js';
import { AuthorTexts } from '../../src/database/query/author-texts.js';
import { DatabaseReach } from '../../src/database/query/database-reach.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { StatementReports } from '../../src/database/query/statement-reports.js';
import { SnapshotIsolation } from '../../src/database/query/snapshot-isolation.js';
import { StatementRunner } from '../../src/database/query/statement-runner.js';
import { CapabilityProbe } from '../../src/database/connection/capability-probe.js';
import { StatementPolicy } from '../../src/database/policy/statement-policy.js';
import { TenantPools } from '../../src/database/connection/tenant-pools.js';

export interface DatabaseServices {
  readonly queries: QueryService;
  readonly catalog: CatalogService;
  readonly runner: CatalogRunner;
  readonly plans: PlanRunner;
  readonly status: DatabaseStatus;
  readonly sessions: SessionPool;
  readonly events: QueryEvents;
  readonly sources: TenantPools;
  close(): Promise<void>;
}

/** Makes the services of the database layer, as its module does. */
export function databaseServices(): DatabaseServices {
  const events = new QueryEvents();
  const sources = new TenantPools(events);
  const permissions = new LoginPermissions(events);
  const capabilities = new CapabilityProbe();
  const state = new SqliteStateStore(':memory:');
  const budgets = new Budgets(state, new StateCipher(randomBytes(32)));
  const guard = new CostGuard();
  const sessions = new SessionPool(sources, permissions, capabilities, events, guard);
  const runner = new CatalogRunner(sessions);
  const policy = new StatementPolicy();
  const reports = new StatementReports(new AuthorTexts(runner), budgets);
  const reach = new DatabaseReach(runner, permissions);
  return {
    queries: new QueryService(
      new StatementRunner(policy, sessions, reports, reach, events),
      new SnapshotIsolation(runner, capabilities),
    ),
    plans: new PlanRunner(policy, sessions, reports, reach, new PlanProbe(sessions), new PlanGrants(runner)),
    catalog: new CatalogService(new CatalogFallback(runner)),
    runner,
    status: new DatabaseStatus(runner, permissions, capabilities, sources, guard),
    sessions,
    events,
    sources,
    close: async () => {
      await state.close();
      await sources.onApplicationShutdown();
    },
  };
}
