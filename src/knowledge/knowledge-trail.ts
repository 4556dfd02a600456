import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { KnowledgeService } from './knowledge.service.js';

/** Records which version of the definitions holds, and measures how many of them fit the database. */
@Injectable()
export class KnowledgeTrail implements OnModuleInit {
  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    this.knowledge.listen({
      loaded: ({ tenant, sha256, faults, reloaded }) => {
        const refused = faults.length === 0 ? {} : { faults: faults.length };
        void this.audit.configEvent({ tenant: tenant.name, what: 'knowledge', sha256, reloaded, ...refused });
        this.metrics.knowledgeLoaded(tenant.name, faults.length === 0);
      },
      proved: (tenant, { items }) => {
        for (const state of ['proved', 'unverified', 'broken'] as const)
          this.metrics.knowledgeItems(tenant.name, state, items.filter(item => item.state === state).length);
      },
    });
  }
}
