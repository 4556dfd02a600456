import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { StateModule } from '../state/state.module.js';
import { PlanExplainer } from './plan-explainer.js';
import { PlanStore } from './plan-store.js';
import { SlowStatementReader } from './slow/slow-statement.reader.js';
import { SlowStatements } from './slow/slow-statements.js';

/** Execution plans, as a person may see them. */
@Module({
  imports: [AuditModule, DatabaseModule, StateModule],
  providers: [PlanExplainer, PlanStore, SlowStatementReader, SlowStatements],
  exports: [PlanExplainer, SlowStatements],
})
export class PlansModule {}
