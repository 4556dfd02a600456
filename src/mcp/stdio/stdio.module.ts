import { Module } from '@nestjs/common';
import { TenancyModule } from '../../tenancy/tenancy.module.js';
import { McpModule } from '../mcp.module.js';
import { StdioTransport } from './stdio.transport.js';
import { StdioUpdates } from './stdio-updates.js';

/** MCP over standard input and output, for one person. There is no sign-in. */
@Module({ imports: [McpModule, TenancyModule], providers: [StdioTransport, StdioUpdates] })
export class StdioModule {}
