import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { KnowledgeService } from './knowledge.service.js';
import { PublishedProcedures } from './procedures/published-procedures.js';
import type { ProofState } from './proof/proof.types.js';

const STATES = ['proved', 'unverified', 'broken'] as const satisfies readonly ProofState[];
type Counts = Readonly<Record<ProofState, number>>;
const NONE: Counts = { proved: 0, unverified: 0, broken: 0 };

/**
 * Records which version of the definitions holds, and measures how many of them, published procedures included, fit the
 * database.
 */
@Injectable()
export class KnowledgeTrail implements OnModuleInit {
  private readonly inFile = new Map<string, Counts>();
  private readonly published = new Map<string, Counts>();

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly procedures: PublishedProcedures,
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
      proved: ({ name }, { items }) => {
        const countOf = (wanted: ProofState) => items.filter(({ state }) => state === wanted).length;
        this.inFile.set(name, {
          proved: countOf('proved'),
          unverified: countOf('unverified'),
          broken: countOf('broken'),
        });
        this.measure(name);
      },
    });
    this.procedures.listen(({ name }, { procedures, refused }) => {
      this.published.set(name, { ...NONE, proved: procedures.length, broken: refused.length });
      this.measure(name);
    });
  }

  private measure(tenant: string): void {
    const [inFile = NONE, published = NONE] = [this.inFile.get(tenant), this.published.get(tenant)];
    for (const state of STATES) this.metrics.knowledgeItems(tenant, state, inFile[state] + published[state]);
  }
}
