import { SERVER_NAME, VERSION } from '../../common/version.js';
import type { Tenant } from '../../tenancy/tenant.js';

/** Sent by `initialize` and with every result of 2026-07-28. */
export const SERVER_INFO = { name: SERVER_NAME, version: VERSION };

/** Lists don't change while the server runs, so `listChanged` is not declared. */
export const CAPABILITIES = {
  completions: {},
  logging: {},
  prompts: {},
  resources: { subscribe: true },
  tools: {},
};

/** Tells the model how to use the tools together. */
export function instructions(tenant: Tenant): string {
  const { database, readOnly } = tenant.config;
  return [
    `This server gives access to the Microsoft SQL Server database ${database.database}.`,
    readOnly ? 'The database can only be read.' : 'The database can be read and, with the scope sql:write, changed.',
    'Look at list_tables and describe_table before writing a query; execute_sql takes T-SQL with named parameters.',
    'A result with "truncated": true is not complete: narrow the query or continue with next_cursor.',
  ].join(' ');
}
