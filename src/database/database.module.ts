import { Global, Module } from '@nestjs/common';
import { CatalogReader } from './catalog/catalog-reader.js';
import { CatalogSource } from './catalog/catalog-source.js';
import { CatalogService } from './catalog/catalog.service.js';
import { ConnectionLender } from './connection/connection-lender.js';
import { DatabaseStatus } from './connection/database-status.service.js';
import { LoginPermissions } from './connection/login-permissions.js';
import { QueryEvents } from './query-events.js';
import { QueryService } from './query/query.service.js';
import { ServerAbilities } from './connection/server-abilities.js';
import { StatementPolicy } from './policy/statement-policy.js';
import { TenantDataSources } from './connection/tenant-data-sources.js';

@Global()
@Module({
  providers: [
    QueryEvents,
    TenantDataSources,
    LoginPermissions,
    ServerAbilities,
    ConnectionLender,
    StatementPolicy,
    QueryService,
    CatalogReader,
    CatalogSource,
    CatalogService,
    DatabaseStatus,
  ],
  exports: [
    QueryEvents,
    TenantDataSources,
    LoginPermissions,
    ConnectionLender,
    StatementPolicy,
    QueryService,
    CatalogReader,
    CatalogService,
    DatabaseStatus,
  ],
})
export class DatabaseModule {}
