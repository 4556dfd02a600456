import { Injectable } from '@nestjs/common';
import { StatementPolicy } from '../database/policy/statement-policy.js';
import { KnowledgeService } from './knowledge.service.js';
import { KnowledgeView, type Viewer } from './knowledge-view.js';

/** Makes each person's view of the definitions. */
@Injectable()
export class KnowledgeViews {
  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly policy: StatementPolicy,
  ) {}

  /** Undefined for a tenant without a knowledge file. */
  of(viewer: Viewer): KnowledgeView | undefined {
    const knowledge = this.knowledge.of(viewer.tenant);
    return knowledge === undefined ? undefined : new KnowledgeView(knowledge, viewer, this.policy);
  }

  /** As `of`, once the definitions were compared with the database. Rejects when the call is aborted. */
  async proved(call: Viewer & { readonly signal: AbortSignal }): Promise<KnowledgeView | undefined> {
    const knowledge = await this.knowledge.proved(call.tenant, call.signal);
    return knowledge === undefined ? undefined : new KnowledgeView(knowledge, call, this.policy);
  }
}
