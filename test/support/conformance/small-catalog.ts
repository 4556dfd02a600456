import { AppError } from '../../../src/common/app-error.js';
import type { CatalogService } from '../../../src/database/catalog/catalog.service.js';
import type { TableDescription, TableSummary } from '../../../src/database/catalog/catalog.types.js';

const TABLES: readonly TableSummary[] = [
  { schema: 'dbo', name: 'Customers', type: 'table', row_count: 91 },
  { schema: 'dbo', name: 'Orders', type: 'table', row_count: 830 },
  { schema: 'sales', name: 'Order Lines', type: 'table', row_count: 2155 },
  ...Array.from({ length: 120 }, (_, i): TableSummary => ({
    schema: 'archive',
    name: `Year${1900 + i}`,
    type: 'table',
  })),
];

/** A catalogue without a database, because the tests of the protocol need only some names. */
export const SMALL_CATALOG: Pick<CatalogService, 'tables' | 'list' | 'table'> = {
  tables: async () => TABLES,
  list: async () => ({ tables: TABLES, truncated: false }),
  table: async (_tenant, { schema = 'dbo', name }) => {
    const table = TABLES.find(other => other.schema === schema && other.name === name);
    if (table === undefined) throw new AppError('UNKNOWN_TABLE', `There is no table ${schema}.${name}.`);
    const columns = ['Id', 'Identity', 'Name'].map(column => ({
      name: column,
      type: 'int',
      nullable: false,
      default: null,
    }));
    const description: TableDescription = {
      table: name,
      schema,
      type: 'table',
      columns,
      primary_keys: ['Id'],
      foreign_keys: [],
      referenced_by: [],
      indexes: [],
      unique_constraints: [],
      check_constraints: [],
      column_count: columns.length,
    };
    return description;
  },
};
