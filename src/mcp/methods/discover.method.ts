import { Injectable } from '@nestjs/common';
import { KnowledgeNotes } from '../../knowledge/knowledge-notes.js';
import type { RequestContext } from '../protocol/request-context.js';
import { SUPPORTED_REVISIONS } from '../protocol/revisions.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { META_SERVER_INFO } from '../protocol/headers.js';
import { capabilitiesOf, describedServer, instructions } from '../protocol/server-info.js';

@Injectable()
export class DiscoverMethod implements RpcMethod {
  readonly name = 'server/discover';
  // The instructions name the definitions that this person may use.
  readonly cache = { ttlMs: 300_000, cacheScope: 'private' } as const;

  constructor(private readonly notes: KnowledgeNotes) {}

  handle({ caller }: RequestContext): object {
    return {
      supportedVersions: SUPPORTED_REVISIONS,
      capabilities: capabilitiesOf(caller.tenant),
      instructions: instructions(caller.tenant, this.notes.forInstructions(caller)),
      _meta: { [META_SERVER_INFO]: describedServer(caller.tenant) },
    };
  }
}
