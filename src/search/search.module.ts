import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { SchemaReader } from './catalog/schema.reader.js';
import { DefinitionsPort } from './definitions.port.js';
import { SchemaIndexBuilder } from './index/schema-index.builder.js';
import { SchemaIndexes } from './index/schema-indexes.js';
import { QueryStoreReader } from './joins/query-store.reader.js';
import { SchemaSearchService } from './schema-search.service.js';
import { LookupReader } from './values/lookup.reader.js';
import { StatisticsReader } from './values/statistics.reader.js';
import { ValueCollector } from './values/value-collector.js';
import { ValueRules } from './values/value-rules.js';

@Module({
  imports: [DatabaseModule],
  providers: [
    DefinitionsPort,
    SchemaReader,
    QueryStoreReader,
    ValueRules,
    LookupReader,
    StatisticsReader,
    ValueCollector,
    SchemaIndexBuilder,
    SchemaIndexes,
    SchemaSearchService,
  ],
  exports: [DefinitionsPort, SchemaIndexes, SchemaSearchService],
})
export class SearchModule {}
