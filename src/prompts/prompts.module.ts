import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CatalogNames } from './builtin/catalog-names.js';
import { ExplainSlowQueryPrompt } from './builtin/explain-slow-query.prompt.js';
import { ExploreDatabasePrompt } from './builtin/explore-database.prompt.js';
import { WriteQueryPrompt } from './builtin/write-query.prompt.js';
import { PromptRegistry } from './prompt.registry.js';
import { QueryPrompts } from './knowledge/query-prompts.js';
import { KnowledgeModule } from '../knowledge/knowledge.module.js';
import { DatabaseModule } from '../database/database.module.js';

@Module({
  imports: [DiscoveryModule, DatabaseModule, KnowledgeModule],
  providers: [
    PromptRegistry,
    CatalogNames,
    ExploreDatabasePrompt,
    WriteQueryPrompt,
    ExplainSlowQueryPrompt,
    QueryPrompts,
  ],
  exports: [PromptRegistry],
})
export class PromptsModule {}
