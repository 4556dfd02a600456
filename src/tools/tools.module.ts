import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConfirmTokens } from './builtin/confirm-tokens.js';
import { DescribeTableTool } from './builtin/describe-table.tool.js';
import { DescribeObjectTool } from './builtin/describe-object.tool.js';
import { CostQuestion } from './builtin/cost-question.js';
import { ErrorHints } from './builtin/error-hints.js';
import { ExecuteSqlTool } from './builtin/execute-sql.tool.js';
import { ExportQueryTool } from './builtin/export-query.tool.js';
import { GetTableSampleTool } from './builtin/get-table-sample.tool.js';
import { ListTablesTool } from './builtin/list-tables.tool.js';
import { QuerySqlTool } from './builtin/query-sql.tool.js';
import { ReadStatement } from './builtin/read-statement.js';
import { SearchSchemaTool } from './builtin/search-schema.tool.js';
import { StatementCursor } from './builtin/statement-cursor.js';
import { TableListCursor } from './builtin/table-list-cursor.js';
import { WriteStatement } from './builtin/write-statement.js';
import { ColumnCodes } from './codes/column-codes.js';
import { RowAccess } from './codes/row-access.js';
import { TableProfiles } from './profile/table-profiles.js';
import { DescriptionCursor } from './tables/description-cursor.js';
import { ToolRegistry } from './tool.registry.js';
import { MetricAnswers } from './knowledge/metric-answers.js';
import { OfferedMetrics } from './knowledge/offered-metrics.js';
import { ProcedureCalls } from './knowledge/procedure-calls.js';
import { ProcedureTools } from './knowledge/procedure-tools.js';
import { QueryMetricTool } from './knowledge/query-metric.tool.js';
import { QueryTools } from './knowledge/query-tools.js';
import { RunQueryTool } from './knowledge/run-query.tool.js';
import { SuggestDefinitionTool } from './knowledge/suggest-definition.tool.js';
import { VerifiedQueries } from './knowledge/verified-queries.js';
import { ExplainQueryTool } from './plans/explain-query.tool.js';
import { SlowQueriesTool } from './plans/slow-queries.tool.js';
import { Documents } from './research/documents.js';
import { FetchTool } from './research/fetch.tool.js';
import { FullTextColumns } from './research/full-text-columns.js';
import { ItemReader } from './research/item-reader.js';
import { ItemSearch } from './research/item-search.js';
import { SearchTool } from './research/search.tool.js';
import { AnalyzeTrendsTool } from './trends/analyze-trends.tool.js';
import { TrendAnswers } from './trends/trend-answers.js';
import { ExportSubjectDataTool } from './subjects/export-subject-data.tool.js';
import { SubjectOrders } from './subjects/subject-orders.js';
import { KnowledgeModule } from '../knowledge/knowledge.module.js';
import { CacheModule } from '../cache/cache.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { ExportModule } from '../export/export.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { SearchModule } from '../search/search.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';

@Module({
  imports: [
    CacheModule,
    DiscoveryModule,
    DatabaseModule,
    ExportModule,
    KnowledgeModule,
    PlansModule,
    SearchModule,
    StateModule,
    TenancyModule,
  ],
  providers: [
    ToolRegistry,
    RowAccess,
    ColumnCodes,
    TableProfiles,
    StatementCursor,
    TableListCursor,
    DescriptionCursor,
    ConfirmTokens,
    ErrorHints,
    CostQuestion,
    ReadStatement,
    WriteStatement,
    ListTablesTool,
    DescribeTableTool,
    DescribeObjectTool,
    SearchSchemaTool,
    ExecuteSqlTool,
    QuerySqlTool,
    GetTableSampleTool,
    ExportQueryTool,
    ExplainQueryTool,
    SlowQueriesTool,
    VerifiedQueries,
    QueryTools,
    ProcedureCalls,
    ProcedureTools,
    RunQueryTool,
    OfferedMetrics,
    MetricAnswers,
    QueryMetricTool,
    SuggestDefinitionTool,
    TrendAnswers,
    AnalyzeTrendsTool,
    SubjectOrders,
    ExportSubjectDataTool,
    FullTextColumns,
    Documents,
    ItemReader,
    ItemSearch,
    SearchTool,
    FetchTool,
  ],
  exports: [ToolRegistry],
})
export class ToolsModule {}
