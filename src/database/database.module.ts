import { Global, Module } from '@nestjs/common';
import { CatalogService } from './catalog.service.js';
import { DatabaseStatus } from './database-status.service.js';
import { QueryService } from './query.service.js';

@Global()
@Module({
  providers: [QueryService, CatalogService, DatabaseStatus],
  exports: [QueryService, CatalogService, DatabaseStatus],
})
export class DatabaseModule {}
