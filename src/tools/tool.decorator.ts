import { Injectable } from '@nestjs/common';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';

export const TOOL_DEFINITION = Symbol('ToolDefinition');

/**
 * Makes a class a tool: any provider with it is found at start. The class must implement `execute` for exactly these
 * schemas, or it does not compile.
 */
export function Tool<I extends ToolSchema, O extends ToolSchema>(definition: ToolDefinition<I, O>) {
  // A decorated class has constructor parameters of its own; nothing but `any[]` accepts them all.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return <T extends new (...args: any[]) => ToolHandler<I, O>>(target: T): void => {
    Injectable()(target);
    Reflect.defineMetadata(TOOL_DEFINITION, definition, target);
  };
}
