import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import { Resource } from '../resource.decorator.js';
import type { ResourceCall, ResourceContents, ResourceHandler } from '../resource.js';
import { tableUri } from './table.resource.js';

export const SCHEMA_URI = 'mssql://database/schema';
/** The overview has at most about 200 kB of text; for larger databases `list_tables` has pages. */
const MAX_TABLES = 1_000;

@Resource({
  uri: SCHEMA_URI,
  name: 'schema',
  title: 'Database schema',
  description: 'All tables and views of the database with their approximate sizes.',
  mimeType: 'application/json',
  scope: 'sql:read',
  tools: ['list_tables'],
})
export class SchemaOverviewResource implements ResourceHandler {
  constructor(private readonly catalog: CatalogService) {}

  async read(call: ResourceCall): Promise<readonly ResourceContents[]> {
    const { tables, truncated } = await this.catalog.list(call.tenant, { includeViews: true, ...lookupFor(call) });
    const overview = {
      database: call.tenant.config.database.database,
      count: tables.length,
      truncated: truncated || tables.length > MAX_TABLES,
      tables: tables.slice(0, MAX_TABLES).map(table => ({ ...table, uri: tableUri(table.schema, table.name) })),
    };
    return [{ uri: SCHEMA_URI, mimeType: 'application/json', text: JSON.stringify(overview) }];
  }
}
