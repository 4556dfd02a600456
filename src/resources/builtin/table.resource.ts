import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import { ResourceTemplate } from '../resource.decorator.js';
import type { ResourceCall, ResourceContents, ResourceTemplateHandler } from '../resource.js';
import { UriTemplate } from '../uri-template.js';

const TEMPLATE = 'mssql://database/tables/{schema}/{table}';
const template = new UriTemplate(TEMPLATE);

export function tableUri(schema: string, table: string): string {
  return template.expand({ schema, table });
}

@ResourceTemplate({
  uriTemplate: TEMPLATE,
  name: 'table',
  title: 'Table',
  description: 'The columns, keys, indexes and constraints of one table or view, as describe_table returns them.',
  mimeType: 'application/json',
  scope: 'sql:read',
  tools: ['describe_table'],
  completionTools: ['list_tables'],
})
export class TableResource implements ResourceTemplateHandler {
  constructor(private readonly catalog: CatalogService) {}

  async read(
    uri: string,
    { schema = '', table = '' }: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly ResourceContents[]> {
    const description = await this.catalog.table(call.tenant, { schema, name: table }, lookupFor(call));
    return [{ uri, mimeType: 'application/json', text: JSON.stringify(description) }];
  }

  async complete(
    variable: string,
    typed: string,
    known: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly string[]> {
    const tables = await this.catalog.tables(call.tenant, { includeViews: true, recent: true, ...lookupFor(call) });
    const chosen = known.schema?.toLowerCase();
    const names =
      variable === 'schema'
        ? tables.map(table => table.schema)
        : tables
            .filter(table => chosen === undefined || table.schema.toLowerCase() === chosen)
            .map(table => table.name);
    return [...new Set(names)].filter(name => name.toLowerCase().startsWith(typed.toLowerCase()));
  }
}
