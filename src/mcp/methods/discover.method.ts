import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../protocol/request-context.js';
import { SUPPORTED_REVISIONS } from '../protocol/revisions.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { META_SERVER_INFO } from '../protocol/envelope.js';
import { TASKS_CAPABILITY } from '../handles/tasks-extension.js';
import { InstructionsService } from './instructions.service.js';
import { capabilitiesOf, describedServer } from '../protocol/server-info.js';

@Injectable()
export class DiscoverMethod implements RpcMethod {
  readonly name = 'server/discover';
  // The instructions have the tables and definitions that the person may use.
  readonly cache = { ttlMs: 60_000, cacheScope: 'private' } as const;

  constructor(private readonly instructions: InstructionsService) {}

  async handle({ caller }: RequestContext): Promise<object> {
    const hasTasks = caller.tenant.config.limits.longQueries > 0;
    return {
      supportedVersions: SUPPORTED_REVISIONS,
      capabilities: { ...capabilitiesOf(caller.tenant), ...(hasTasks ? TASKS_CAPABILITY : {}) },
      instructions: await this.instructions.of(caller),
      _meta: { [META_SERVER_INFO]: describedServer(caller.tenant) },
    };
  }
}
