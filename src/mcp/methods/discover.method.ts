import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../protocol/request-context.js';
import { SUPPORTED_REVISIONS } from '../protocol/revisions.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { META_SERVER_INFO } from '../protocol/envelope.js';
import { CAPABILITIES, describedServer, instructions } from '../protocol/server-info.js';

@Injectable()
export class DiscoverMethod implements RpcMethod {
  readonly name = 'server/discover';
  // The result is the same for everybody in a tenant, and the URL names the tenant.
  readonly cache = { ttlMs: 300_000, cacheScope: 'public' } as const;

  handle({ caller }: RequestContext): object {
    return {
      supportedVersions: SUPPORTED_REVISIONS,
      capabilities: CAPABILITIES,
      instructions: instructions(caller.tenant),
      _meta: { [META_SERVER_INFO]: describedServer(caller.tenant) },
    };
  }
}
