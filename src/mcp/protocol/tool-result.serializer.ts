import { isObject } from '../../common/is-object.js';
import type { AppError } from '../../common/app-error.js';
import { ToolOutput } from '../../tools/tool.js';
import { PartlySerialised } from './rpc-method.js';

/** One block of a result's content, as MCP defines it. */
export interface ContentBlock {
  readonly type: 'text' | 'image' | 'audio' | 'resource' | 'resource_link';
  readonly [field: string]: unknown;
}

/** A result whose content is more than one text: images, audio or resources. */
export class ContentOutput extends ToolOutput<unknown> {
  constructor(
    readonly content: readonly ContentBlock[],
    structured: unknown = {},
  ) {
    super(structured, '');
  }
}

/** The MCP result of a tool that ran. Clients of older revisions ignore `structuredContent`. */
export function toolResult(output: ToolOutput<unknown>, structured: boolean): object {
  const content = output instanceof ContentOutput ? output.content : [{ type: 'text', text: output.text }];
  if (!structured) return { content };
  if (output.isJson && isObject(output.structured))
    return new PartlySerialised({ content }, { structuredContent: output.text });
  // Up to 2025-11-25 structured content must be an object, as it is for all built-in tools.
  return isObject(output.structured) ? { content, structuredContent: output.structured } : { content };
}

/** The MCP result of a tool that failed. The model reads it, so it has the hint about what to do. */
export function toolErrorResult(error: AppError): object {
  const { code, message, hint, details } = error;
  return {
    content: [{ type: 'text', text: JSON.stringify({ error: { code, message, hint, details } }) }],
    isError: true,
  };
}
