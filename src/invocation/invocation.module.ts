import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PromptsModule } from '../prompts/prompts.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { Authorization } from './authorization.js';
import { CompletionInvoker } from './completion.invoker.js';
import { InvocationPipeline } from './invocation.pipeline.js';
import { PromptInvoker } from './prompt.invoker.js';
import { ResourceInvoker } from './resource.invoker.js';
import { ToolInvoker } from './tool.invoker.js';

const INVOKERS = [ToolInvoker, ResourceInvoker, PromptInvoker, CompletionInvoker];

@Module({
  imports: [AuditModule, BudgetsModule, MetricsModule, PromptsModule, ResourcesModule, ToolsModule],
  providers: [InvocationPipeline, Authorization, ...INVOKERS],
  exports: [Authorization, ...INVOKERS],
})
export class InvocationModule {}
