import { Module } from '@nestjs/common';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { AuditService } from './audit.service.js';
import { ConfigTrail } from './config-trail.js';

@Module({ imports: [TenancyModule], providers: [AuditService, ConfigTrail], exports: [AuditService] })
export class AuditModule {}
