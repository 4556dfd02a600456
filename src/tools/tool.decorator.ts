import { Injectable } from '@nestjs/common';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';

export const TOOL_DEFINITION = Symbol('ToolDefinition');

/**
 * Makes a class a tool. The server finds every provider with this decorator at start. A class does not compile unless
 * its `execute` has exactly these schemas.
 */
export function Tool<I extends ToolSchema, O extends ToolSchema>(definition: ToolDefinition<I, O>) {
  // A decorated class may have any constructor parameters, and only `any[]` accepts them all.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return <T extends new (...args: any[]) => ToolHandler<I, O>>(target: T): void => {
    Injectable()(target);
    Reflect.defineMetadata(TOOL_DEFINITION, definition, target);
  };
}
