import { Module } from '@nestjs/common';
import { AccessRulesService } from './access-rules.service.js';
import { TenantsService } from './tenants.service.js';

@Module({ providers: [AccessRulesService, TenantsService], exports: [AccessRulesService, TenantsService] })
export class TenancyModule {}
