import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';

/** A table as error texts name it: database.schema.table. */
export function fullName(database: Database, table: MemoryTable): string {
  if (table.lifetime === 'variable') return table.name;
  return `${table.lifetime === 'temporary' ? 'tempdb' : database.name}.${table.schema}.${table.name}`;
}
