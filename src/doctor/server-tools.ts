import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { McpModule } from '../mcp/mcp.module.js';
import { TOOL_DEFINITION } from '../tools/tool.decorator.js';
import type { ToolDefinition } from '../tools/tool.js';
import { ToolsModule } from '../tools/tools.module.js';

/** The names of the server's own tools. Those of a team are known only to the process that runs them. */
export function serverTools(): ReadonlySet<string> {
  const providers = [ToolsModule, McpModule].flatMap(
    module => (Reflect.getMetadata(MODULE_METADATA.PROVIDERS, module) ?? []) as readonly object[],
  );
  const definitions = providers.map(
    provider => Reflect.getMetadata(TOOL_DEFINITION, provider) as ToolDefinition | undefined,
  );
  return new Set(definitions.flatMap(definition => definition?.name ?? []));
}
