import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthReport } from './health-report.js';
import { ProcessProbesController } from './process-probes.controller.js';
import { ReadinessIndicators } from './readiness.indicators.js';
import { ReadinessService } from './readiness.service.js';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { ToolsModule } from '../tools/tools.module.js';

@Module({
  imports: [
    TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }),
    CommonModule,
    DatabaseModule,
    StateModule,
    TenancyModule,
    ToolsModule,
  ],
  controllers: [HealthController, ProcessProbesController],
  providers: [HealthReport, ReadinessIndicators, ReadinessService],
})
export class HealthModule {}
