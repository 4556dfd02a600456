import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CatalogNames } from './builtin/catalog-names.js';
import { ExplainSlowQueryPrompt } from './builtin/explain-slow-query.prompt.js';
import { ExploreDatabasePrompt } from './builtin/explore-database.prompt.js';
import { WriteQueryPrompt } from './builtin/write-query.prompt.js';
import { PromptRegistry } from './prompt.registry.js';
import { DatabaseModule } from '../database/database.module.js';

@Module({
  imports: [DiscoveryModule, DatabaseModule],
  providers: [PromptRegistry, CatalogNames, ExploreDatabasePrompt, WriteQueryPrompt, ExplainSlowQueryPrompt],
  exports: [PromptRegistry],
})
export class PromptsModule {}
