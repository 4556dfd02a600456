import { Injectable } from '@nestjs/common';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import { isLoggingLevel } from '../client/log-levels.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class SetLogLevelMethod implements RpcMethod {
  readonly name = 'logging/setLevel';

  constructor(private readonly clients: McpClientRegistry) {}

  async handle({ params, caller }: RequestContext): Promise<object> {
    const { level } = params;
    if (!isLoggingLevel(level)) throw invalidParams('level must be one of the eight levels of RFC 5424.');
    await this.clients.remember(caller.clientKey, () => ({ logLevel: level }));
    return {};
  }
}
