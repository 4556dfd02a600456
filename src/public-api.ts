// The public API for a team's own tools, resources and prompts: the package's door ".", beside "./start".
// docs/custom-tools.md describes it.
export { AppError, type AppErrorOptions, type ErrorCode } from './common/app-error.js';
export type { AccessLimits, Principal, SqlScope } from './common/principal.js';
export type { Tenant } from './tenancy/tenant.js';
export { Tool } from './tools/tool.decorator.js';
export {
  type Answer,
  attended,
  type CallPatience,
  type FormSchema,
  type InputOf,
  type LoggingLevel,
  type OutputOf,
  type ToolCall,
  type ToolDefinition,
  type ToolHandler,
  ToolOutput,
  type ToolSchema,
} from './tools/tool.js';
export { type ContentBlock, ContentOutput } from './mcp/protocol/tool-result.serializer.js';
export { type ClientRequests, clientRequests } from './mcp/client/call.factory.js';
export type { ClientCapabilities, ClientMethod } from './mcp/client/client-capabilities.js';
export { Resource, ResourceTemplate } from './resources/resource.decorator.js';
export type {
  ResourceCall,
  ResourceContents,
  ResourceDefinition,
  ResourceHandler,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from './resources/resource.js';
export { Prompt } from './prompts/prompt.decorator.js';
export {
  type PromptArgument,
  type PromptArguments,
  type PromptCall,
  type PromptDefinition,
  type PromptHandler,
  type PromptMessage,
  userText,
} from './prompts/prompt.js';
export { ChangesService } from './mcp/cluster/changes.service.js';
export { McpModule } from './mcp/mcp.module.js';
export { DatabaseModule } from './database/database.module.js';
export {
  type QueryParameters,
  QueryService,
  type ReadOptions,
  type StreamSummary,
  type WriteOptions,
  type WriteResult,
} from './database/query/query.service.js';
export type { Statement } from './database/query/statement-reports.js';
export type { RowConsumer } from './database/query/stream-sink.js';
export type {
  CellValue,
  QueryResult,
  ResultColumn,
  ResultSet,
  TruncationReason,
} from './database/driver/result-set.js';
export { EntitiesModule } from './database/entities/entities.module.js';
export { TenantEntities } from './database/entities/tenant-entities.js';
export { type CatalogOptions, CatalogService, lookupFor } from './database/catalog/catalog.service.js';
export type { TableDescription, TableList, TableSummary } from './database/catalog/catalog.types.js';
export { type ObjectName, parseObjectName } from './database/object-name.js';
export type { CallContext } from './database/call-context.js';
export { ServerConfig } from './config/server.config.js';
export { ConfigError } from './config/faults.js';
export { readConfig, readProcessConfig } from './config/read-config.js';
export { type Extensions, serve } from './serve.js';
export { serveStdio } from './serve-stdio.js';
