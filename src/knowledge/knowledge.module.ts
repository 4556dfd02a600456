import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { SearchModule } from '../search/search.module.js';
import { KnowledgeNotes } from './knowledge-notes.js';
import { KnowledgeService } from './knowledge.service.js';
import { KnowledgeTrail } from './knowledge-trail.js';
import { KnowledgeViews } from './knowledge-views.js';
import { KnowledgeProver } from './proof/knowledge-prover.js';
import { DeclaredProcedures } from './procedures/declared-procedures.js';
import { PublishedProcedures } from './procedures/published-procedures.js';
import { PublishedProver } from './procedures/published-prover.js';
import { ProcedureProver } from './proof/procedure-prover.js';
import { StatementDescriber } from './proof/statement-describer.js';
import { SearchDefinitionsSource } from './search-definitions.js';
import { SuggestionQueue } from './suggestions/suggestion-queue.js';

@Module({
  imports: [AuditModule, DatabaseModule, MetricsModule, SearchModule, StateModule, TenancyModule],
  providers: [
    StatementDescriber,
    ProcedureProver,
    KnowledgeProver,
    KnowledgeService,
    PublishedProver,
    PublishedProcedures,
    DeclaredProcedures,
    KnowledgeViews,
    KnowledgeNotes,
    KnowledgeTrail,
    SearchDefinitionsSource,
    SuggestionQueue,
  ],
  exports: [
    DeclaredProcedures,
    PublishedProcedures,
    PublishedProver,
    KnowledgeService,
    KnowledgeViews,
    KnowledgeNotes,
    SuggestionQueue,
  ],
})
export class KnowledgeModule {}
