import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BudgetsModule } from '../budgets/budgets.module.js';
import { CatalogRunner } from './connection/catalog-runner.js';
import { CatalogFallback } from './catalog/catalog-fallback.js';
import { ModuleWalker } from './catalog/modules/module-walker.js';
import { ObjectCatalog } from './catalog/objects/object-catalog.js';
import { SchemaOverview } from './catalog/overview/schema-overview.js';
import { ColumnStatistics } from './catalog/profiles/column-statistics.js';
import { CatalogService } from './catalog/catalog.service.js';
import { CostGuard } from './connection/cost-guard.js';
import { SessionPool } from './connection/session-pool.js';
import { DatabaseStatus } from './connection/database-status.js';
import { LoginPermissions } from './connection/login-permissions.js';
import { EntityStatements } from './entities/entity-statements.js';
import { TenantEntities } from './entities/tenant-entities.js';
import { QueryEvents } from './query-events.js';
import { PlanGrants } from './plans/plan-grants.js';
import { PlanProbe } from './plans/plan-probe.js';
import { PlanRunner } from './plans/plan-runner.js';
import { AuthorTexts } from './query/author-texts.js';
import { DatabaseReach } from './query/database-reach.js';
import { QueryService } from './query/query.service.js';
import { SnapshotIsolation } from './query/snapshot-isolation.js';
import { StatementReports } from './query/statement-reports.js';
import { StatementRunner } from './query/statement-runner.js';
import { CapabilityProbe } from './connection/capability-probe.js';
import { StatementPolicy } from './policy/statement-policy.js';
import { TenantPools } from './connection/tenant-pools.js';

@Module({
  imports: [BudgetsModule, DiscoveryModule],
  providers: [
    QueryEvents,
    TenantPools,
    LoginPermissions,
    CapabilityProbe,
    CostGuard,
    SessionPool,
    StatementPolicy,
    AuthorTexts,
    StatementReports,
    StatementRunner,
    DatabaseReach,
    SnapshotIsolation,
    QueryService,
    CatalogRunner,
    CatalogFallback,
    CatalogService,
    ObjectCatalog,
    ModuleWalker,
    ColumnStatistics,
    SchemaOverview,
    PlanGrants,
    PlanProbe,
    PlanRunner,
    DatabaseStatus,
    EntityStatements,
    TenantEntities,
  ],
  exports: [
    QueryEvents,
    TenantPools,
    LoginPermissions,
    SessionPool,
    StatementPolicy,
    QueryService,
    CatalogRunner,
    CatalogService,
    ObjectCatalog,
    ModuleWalker,
    ColumnStatistics,
    SchemaOverview,
    PlanRunner,
    DatabaseStatus,
    TenantEntities,
  ],
})
export class DatabaseModule {}
