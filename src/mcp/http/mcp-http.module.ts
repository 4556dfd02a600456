import { Module } from '@nestjs/common';
import { CommonModule } from '../../common/common.module.js';
import { ResourceServerModule } from '../../oauth/resource-server/resource-server.module.js';
import { McpModule } from '../mcp.module.js';
import { Callers } from './callers.js';
import { AppsChallengeController } from './directories/apps-challenge.controller.js';
import { ServerCardController } from './directories/server-card.controller.js';
import { KeepAlive } from './keep-alive.js';
import { LegacySseTransport } from './legacy-sse.transport.js';
import { ListUpdates } from './list-updates.js';
import { McpController } from './mcp.controller.js';
import { MessagesController } from './messages.controller.js';
import { OriginGuard } from './origin.guard.js';
import { ResourceUpdates } from './resource-updates.js';
import { StandaloneStreamEndpoint } from './standalone-stream.endpoint.js';
import { StandaloneStreams } from './standalone-streams.js';
import { StreamableHttp } from './streamable-http.js';

/** MCP over HTTP: Streamable HTTP, and HTTP+SSE of 2024-11-05. Callers sign in. */
@Module({
  imports: [CommonModule, McpModule, ResourceServerModule],
  controllers: [McpController, MessagesController, ServerCardController, AppsChallengeController],
  providers: [
    Callers,
    KeepAlive,
    LegacySseTransport,
    ListUpdates,
    OriginGuard,
    ResourceUpdates,
    StandaloneStreamEndpoint,
    StandaloneStreams,
    StreamableHttp,
  ],
})
export class McpHttpModule {}
