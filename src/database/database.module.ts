import { Global, Module } from '@nestjs/common';
import { CatalogReader } from './catalog-reader.js';
import { CatalogSource } from './catalog-source.js';
import { CatalogService } from './catalog.service.js';
import { ConnectionLender } from './connection-lender.js';
import { DatabaseStatus } from './database-status.service.js';
import { LoginPermissions } from './login-permissions.js';
import { QueryEvents } from './query-events.js';
import { QueryService } from './query.service.js';
import { ServerAbilities } from './server-abilities.js';
import { StatementPolicy } from './statement-policy.js';
import { TenantDataSources } from './tenant-data-sources.js';

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
