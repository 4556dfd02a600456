import type { TableDescription } from '../../database/catalog/catalog.types.js';
import { compactTable, itemsOfTables, pageOfTables } from './compact-table.js';
import { itemsOfTable, pageOfTable } from './full-table.js';

const column = (name: string, more: object = {}) => ({ name, type: 'int', nullable: false, default: null, ...more });
const table = (more: Partial<TableDescription> = {}): TableDescription => ({
  table: 'T',
  schema: 'dbo',
  type: 'table',
  columns: [column('id')],
  primary_keys: ['id'],
  foreign_keys: [],
  referenced_by: [],
  indexes: [],
  unique_constraints: [],
  check_constraints: [],
  column_count: 1,
  ...more,
});

describe('pages of tables', () => {
  it('gives a small table as it is, without totals', () => {
    const small = table();
    expect(pageOfTable(small, itemsOfTable(small), 0)).toEqual({ content: small, next: undefined });
  });

  it('gives a table in pages that follow each other without a gap, even if one item fills a page', () => {
    const checks = Array.from({ length: 40 }, (_, i) => ({ name: `CK${i}`, definition: 'x'.repeat(60_000) }));
    const large = table({ check_constraints: checks, description: 'd'.repeat(4_000) });
    const items = itemsOfTable(large);
    const seen: string[] = [];
    for (let at: number | undefined = 0; at !== undefined;) {
      const { content, next } = pageOfTable(large, items, at);
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(29_000);
      expect(content.totals).toMatchObject({ columns: 1, check_constraints: 40 });
      seen.push(...content.check_constraints.map(({ name }) => name));
      at = next;
    }
    expect(seen).toEqual(checks.map(({ name }) => name));
  });

  it('describes columns and keys in short', () => {
    const key = { name: 'FK', references: { schema: 'other schema', table: 'P' } };
    const compact = compactTable(
      table({
        columns: [
          column('amount', { type: 'decimal', precision: 10, scale: 2, default: '((0))' }),
          column('note]s', { type: 'nvarchar', max_length: -1, nullable: true }),
          column('at', { type: 'time', scale: 3 }),
        ],
        foreign_keys: [
          { ...key, column: 'a', references: { ...key.references, column: 'x' }, on_delete: 'SET NULL' },
          { ...key, column: 'b', references: { ...key.references, column: 'y' }, on_delete: 'SET NULL' },
        ],
        memory_optimised: true,
      }),
    );
    expect(compact).toMatchObject({
      columns: ['amount decimal(10,2) not null default ((0))', '[note]]s] nvarchar(max)', 'at time(3) not null'],
      foreign_keys: ['(a, b) -> [other schema].P(x, y) on delete set null'],
      memory_optimised: true,
    });
  });

  it('gives a table without columns in the list of several tables', () => {
    const tables = [table({ columns: [], column_count: 0, type: 'synonym', message: 'not known' }), table()].map(one =>
      compactTable(one),
    );
    const { content, next } = pageOfTables(tables, itemsOfTables(tables), 0);
    expect(content).toEqual(tables);
    expect(next).toBeUndefined();
  });
});
