import { Module } from '@nestjs/common';
import { ToolInvoker } from './tool.invoker.js';
import { AuditModule } from '../audit/audit.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { ToolsModule } from '../tools/tools.module.js';

@Module({ imports: [AuditModule, MetricsModule, ToolsModule], providers: [ToolInvoker], exports: [ToolInvoker] })
export class InvocationModule {}
