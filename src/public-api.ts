// The public API for a team's own tools, resources and prompts. docs/custom-tools.md describes it.
export { AppError, type ErrorCode } from './common/app-error.js';
export type { Principal } from './common/principal.js';
export type { Tenant } from './tenancy/tenant.js';
export { Tool } from './tools/tool.decorator.js';
export {
  type Answer,
  type FormSchema,
  type InputOf,
  type OutputOf,
  type ToolCall,
  type ToolHandler,
  ToolOutput,
} from './tools/tool.js';
export { Resource, ResourceTemplate } from './resources/resource.decorator.js';
export type { ResourceCall, ResourceContents, ResourceHandler, ResourceTemplateHandler } from './resources/resource.js';
export { Prompt } from './prompts/prompt.decorator.js';
export type { PromptArguments, PromptCall, PromptHandler, PromptMessage } from './prompts/prompt.js';
export { ChangesService } from './mcp/cluster/changes.service.js';
export { McpModule } from './mcp/mcp.module.js';
export { DatabaseModule } from './database/database.module.js';
export { QueryService } from './database/query/query.service.js';
export { EntitiesModule } from './database/entities/entities.module.js';
export { TenantEntities } from './database/entities/tenant-entities.js';
export { CatalogService, lookupFor } from './database/catalog/catalog.service.js';
export { ServerConfig } from './config/server.config.js';
export { ConfigError } from './config/faults.js';
export { readConfig, readProcessConfig } from './config/read-config.js';
export { serve } from './serve.js';
