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
import { AuthorTexts } from '../../src/database/query/author-texts.js';
import { DatabaseReach } from '../../src/database/query/database-reach.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { StatementReports } from '../../src/database/query/statement-reports.js';
import { StatementRunner } from '../../src/database/query/statement-runner.js';
import { CapabilityProbe } from '../../src/database/connection/capability-probe.js';
import { StatementPolicy } from '../../src/database/policy/statement-policy.js';
import { TenantPools } from '../../src/database/connection/tenant-pools.js';

export interface DatabaseServices {
  readonly queries: QueryService;
  readonly catalog: CatalogService;
  readonly runner: CatalogRunner;
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
  return {
    queries: new QueryService(
      new StatementRunner(
        new StatementPolicy(),
        sessions,
        new StatementReports(new AuthorTexts(runner), budgets),
        new DatabaseReach(runner, permissions),
        events,
      ),
    ),
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
