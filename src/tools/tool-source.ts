import type { Tenant } from '../tenancy/tenant.js';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';

export interface SourcedTool {
  readonly definition: ToolDefinition;
  readonly handler: ToolHandler<ToolSchema, ToolSchema>;
}

/** Gives tenants tools that no class stands for, because an administrator declared them. */
export interface ToolSource {
  /** Returns the same list as long as the tools are the same: what is made of them is kept for a list. */
  toolsOf(tenant: Tenant): readonly SourcedTool[];
  /** The names of all declared tools, also of those that are not offered at the moment: settings may list them. */
  namesOf(tenant: Tenant): readonly string[];
  /** Whether tools may be added while the server runs. If so, settings may list names that don't exist yet. */
  mayHaveMore?(tenant: Tenant): boolean;
}
