import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PlanResource } from './builtin/plan.resource.js';
import { SlowPlanResource } from './builtin/slow-plan.resource.js';
import { SchemaOverviewResource } from './builtin/schema-overview.resource.js';
import { TableResource } from './builtin/table.resource.js';
import { ResourceRegistry } from './resource.registry.js';
import { DatabaseModule } from '../database/database.module.js';
import { PlansModule } from '../plans/plans.module.js';

@Module({
  imports: [DiscoveryModule, DatabaseModule, PlansModule],
  providers: [ResourceRegistry, SchemaOverviewResource, TableResource, PlanResource, SlowPlanResource],
  exports: [ResourceRegistry],
})
export class ResourcesModule {}
