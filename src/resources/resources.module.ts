import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SchemaOverviewResource } from './builtin/schema-overview.resource.js';
import { TableResource } from './builtin/table.resource.js';
import { ResourceRegistry } from './resource.registry.js';
import { DatabaseModule } from '../database/database.module.js';

@Module({
  imports: [DiscoveryModule, DatabaseModule],
  providers: [ResourceRegistry, SchemaOverviewResource, TableResource],
  exports: [ResourceRegistry],
})
export class ResourcesModule {}
