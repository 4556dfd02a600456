import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { readCapabilities } from '../client/client-capabilities.js';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import { negotiate } from '../protocol/revisions.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { InstructionsService } from './instructions.service.js';
import { capabilitiesOf, describedServer } from '../protocol/server-info.js';

/** The handshake up to 2025-11-25. It opens no session: McpClientRegistry stores what the client declared. */
@Injectable()
export class InitializeMethod implements RpcMethod {
  readonly name = 'initialize';

  constructor(
    private readonly clients: McpClientRegistry,
    private readonly instructions: InstructionsService,
  ) {}

  async handle({ params, caller }: RequestContext): Promise<object> {
    if (typeof params.protocolVersion !== 'string') throw invalidParams('protocolVersion must be a string.');
    if (params.capabilities !== undefined && !isObject(params.capabilities)) {
      throw invalidParams('capabilities must be an object.');
    }
    const capabilities = readCapabilities(params.capabilities);
    await this.clients.remember(caller.clientKey, () => ({ capabilities, logLevel: 'info', watched: [] }));
    return {
      protocolVersion: negotiate(params.protocolVersion).name,
      capabilities: capabilitiesOf(caller.tenant),
      serverInfo: describedServer(caller.tenant),
      instructions: await this.instructions.of(caller),
    };
  }
}
