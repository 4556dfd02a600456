import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MetricsService } from './metrics.service.js';
import { DatabaseModule } from '../database/database.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';

@Module({
  imports: [AuditModule, DatabaseModule, TenancyModule],
  providers: [MetricsService],
  exports: [MetricsService],
})
export class MetricsModule {}
