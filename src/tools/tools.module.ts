import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ToolInvoker } from './tool.invoker.js';
import { ToolRegistry } from './tool.registry.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [ToolRegistry, ToolInvoker],
  exports: [ToolRegistry, ToolInvoker],
})
export class ToolsModule {}
