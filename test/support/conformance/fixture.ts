import * as z from 'zod';
import { type ContentBlock, ContentOutput } from '../../../src/mcp/protocol/tool-result.serializer.js';
import { Tool } from '../../../src/tools/tool.decorator.js';
import type { ToolCall, ToolSchema } from '../../../src/tools/tool.js';

export const NO_INPUT = z.strictObject({});
const NO_OUTPUT = z.strictObject({});

/** Makes a tool of the conformance suite from its name and its function. */
export function fixtureTool<I extends ToolSchema>(
  name: string,
  input: I,
  run: (args: z.infer<I & z.ZodType>, call: ToolCall) => Promise<readonly ContentBlock[]>,
): new () => object {
  class FixtureTool {
    async execute(args: never, call: ToolCall): Promise<ContentOutput> {
      return new ContentOutput(await run(args, call));
    }
  }
  Tool({
    name,
    title: name,
    description: `Fixture of the MCP conformance suite: ${name}.`,
    scope: 'sql:read',
    readOnly: true,
    input,
    output: NO_OUTPUT,
  } as never)(FixtureTool as never);
  return FixtureTool;
}

export function text(value: string): ContentBlock {
  return { type: 'text', text: value };
}

/** A 1x1 red PNG. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A WAV file without samples. */
export const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
