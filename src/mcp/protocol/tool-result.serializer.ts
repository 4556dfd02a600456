import type { AppError } from '../../common/app-error.js';
import { ToolOutput } from '../../tools/tool.js';
import { isObject } from './json-rpc.js';
import { PartlySerialised } from './rpc-method.js';

/** A block of a result's content, as MCP defines it: text, image, audio, resource or resource_link. */
export interface ContentBlock {
  readonly type: 'text' | 'image' | 'audio' | 'resource' | 'resource_link';
  readonly [field: string]: unknown;
}

/** A result that is more than one text: pictures, sound, resources. */
export class ContentOutput extends ToolOutput<unknown> {
  constructor(
    readonly content: readonly ContentBlock[],
    structured: unknown = {},
  ) {
    super(structured, '');
  }
}

/** The MCP result of a tool that ran. Every revision gets `structuredContent`: older ones ignore it. */
export function toolResult(output: ToolOutput<unknown>): object {
  const content = output instanceof ContentOutput ? output.content : [{ type: 'text', text: output.text }];
  if (output.isJson && isObject(output.structured))
    return new PartlySerialised({ content }, { structuredContent: output.text });
  // Up to 2025-11-25 it must be an object; our tools' output schemas all are.
  return isObject(output.structured) ? { content, structuredContent: output.structured } : { content };
}

/** The MCP result of a tool that could not do what was asked: for the model to read, so it says what to do. */
export function toolErrorResult(error: AppError): object {
  const { code, message, hint, details } = error;
  return {
    content: [{ type: 'text', text: JSON.stringify({ error: { code, message, hint, details } }) }],
    isError: true,
  };
}
