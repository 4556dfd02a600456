import { Module } from '@nestjs/common';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { AuditService } from './audit.service.js';
import { ConfigTrail } from './config-trail.js';
import { Retention } from './retention.js';
import { StatementTrail } from './statement-trail.js';

@Module({
  imports: [TenancyModule, StateModule],
  providers: [AuditService, ConfigTrail, Retention, StatementTrail],
  exports: [AuditService, StatementTrail],
})
export class AuditModule {}
