import { Module } from '@nestjs/common';
import { InvocationModule } from '../invocation/invocation.module.js';
import { CallFactory } from './client/call.factory.js';
import { ChangesService } from './cluster/changes.service.js';
import { NotificationHandler } from './client/notification-handler.js';
import { McpClientRegistry } from './client/mcp-client-registry.js';
import { InFlight } from './cluster/in-flight.js';
import { MultiRoundTripService } from './client/multi-round-trip.service.js';
import { ListChanges } from './client/list-changes.js';
import { Dispatcher } from './protocol/dispatcher.js';
import { GetResultTool } from './handles/get-result.tool.js';
import { HandleRecords } from './handles/handle-records.js';
import { HandlesService } from './handles/handles.service.js';
import { HeldCalls } from './handles/held-calls.js';
import { LongCalls } from './handles/long-calls.js';
import { TaskRequests } from './handles/task-requests.js';
import { Wakeups } from './handles/wakeups.js';
import { CancelTaskMethod } from './methods/cancel-task.method.js';
import { GetTaskMethod } from './methods/get-task.method.js';
import { UpdateTaskMethod } from './methods/update-task.method.js';
import { CallToolMethod } from './methods/call-tool.method.js';
import { CompleteMethod } from './methods/complete.method.js';
import { DiscoverMethod } from './methods/discover.method.js';
import { GetPromptMethod } from './methods/get-prompt.method.js';
import { InstructionsService } from './methods/instructions.service.js';
import { InitializeMethod } from './methods/initialize.method.js';
import { ListPromptsMethod } from './methods/list-prompts.method.js';
import { ListResourceTemplatesMethod } from './methods/list-resource-templates.method.js';
import { ListResourcesMethod } from './methods/list-resources.method.js';
import { ListToolsMethod } from './methods/list-tools.method.js';
import { ListenMethod } from './methods/listen.method.js';
import { PingMethod } from './methods/ping.method.js';
import { ReadResourceMethod } from './methods/read-resource.method.js';
import { SetLogLevelMethod } from './methods/set-log-level.method.js';
import { SubscribeResourceMethod, UnsubscribeResourceMethod } from './methods/subscribe-resource.method.js';
import { Pager } from './protocol/pager.js';
import { ClusterBus } from './cluster/cluster-bus.js';
import { ServerRequests } from './client/server-requests.js';
import { RPC_METHODS, type RpcMethod } from './protocol/rpc-method.js';
import { StreamLimits } from './client/stream-limits.js';
import { BatchHandler } from './exchange/batch.handler.js';
import { MessageHandler } from './exchange/message.handler.js';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { KnowledgeModule } from '../knowledge/knowledge.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PromptsModule } from '../prompts/prompts.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { ToolsModule } from '../tools/tools.module.js';

const METHODS = [
  InitializeMethod,
  PingMethod,
  DiscoverMethod,
  ListToolsMethod,
  CallToolMethod,
  ListResourcesMethod,
  ListResourceTemplatesMethod,
  ReadResourceMethod,
  SubscribeResourceMethod,
  UnsubscribeResourceMethod,
  ListPromptsMethod,
  GetPromptMethod,
  CompleteMethod,
  SetLogLevelMethod,
  ListenMethod,
  GetTaskMethod,
  UpdateTaskMethod,
  CancelTaskMethod,
];

const HANDLES = [HandleRecords, Wakeups, HeldCalls, HandlesService, LongCalls, TaskRequests, GetResultTool];

/**
 * The protocol: what a message means, whichever way it came. The transports stand on it (http/mcp-http.module.ts,
 * stdio/stdio.module.ts); nothing here knows HTTP's sign-in.
 */
@Module({
  imports: [
    InvocationModule,
    AuditModule,
    CommonModule,
    DatabaseModule,
    KnowledgeModule,
    MetricsModule,
    PromptsModule,
    ResourcesModule,
    StateModule,
    TenancyModule,
    ToolsModule,
  ],
  providers: [
    ...METHODS,
    ...HANDLES,
    InstructionsService,
    { provide: RPC_METHODS, inject: METHODS, useFactory: (...methods: RpcMethod[]) => methods },
    CallFactory,
    ListChanges,
    ChangesService,
    NotificationHandler,
    McpClientRegistry,
    InFlight,
    MultiRoundTripService,
    Dispatcher,
    Pager,
    ClusterBus,
    ServerRequests,
    StreamLimits,
    MessageHandler,
    BatchHandler,
  ],
  exports: [
    BatchHandler,
    ChangesService,
    ClusterBus,
    Dispatcher,
    McpClientRegistry,
    MessageHandler,
    NotificationHandler,
    StreamLimits,
  ],
})
export class McpModule {}
