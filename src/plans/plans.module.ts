import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { StateModule } from '../state/state.module.js';
import { PlanExplainer } from './plan-explainer.js';
import { PlanStore } from './plan-store.js';

/** Execution plans, as a person may see them. */
@Module({
  imports: [DatabaseModule, StateModule],
  providers: [PlanExplainer, PlanStore],
  exports: [PlanExplainer],
})
export class PlansModule {}
