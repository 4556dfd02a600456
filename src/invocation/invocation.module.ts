import { Module } from '@nestjs/common';
import { ToolInvoker } from './tool.invoker.js';

@Module({ providers: [ToolInvoker], exports: [ToolInvoker] })
export class InvocationModule {}
