import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SchemaOverviewResource } from './builtin/schema-overview.resource.js';
import { TableResource } from './builtin/table.resource.js';
import { ResourceRegistry } from './resource.registry.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [ResourceRegistry, SchemaOverviewResource, TableResource],
  exports: [ResourceRegistry],
})
export class ResourcesModule {}
