import { Injectable } from '@nestjs/common';
import type { ToolCall, ToolOutput } from './tool.js';

/** One tool call: find, check scope, validate, audit intent, run, audit outcome, measure. Throws AppError. */
@Injectable()
export class ToolInvoker {
  async invoke(_name: string, _args: unknown, _call: ToolCall): Promise<ToolOutput<unknown>> {
    throw new Error('being written');
  }
}
