import type { Value } from '../engine/sql-type.ts';
import type { MemoryTable } from './memory-table.ts';
import { rowComparator } from './row-key.ts';
import type { IndexDefinition, StoredRow, StoredTable } from './table.ts';
import { RowLocked, type Transaction } from './transaction.ts';

/**
 * How a statement reads:
 * - wait: READ COMMITTED and stricter; meets a locked row by throwing RowLocked
 * - committed: the last committed version (READ_COMMITTED_SNAPSHOT, or rows have gone out already)
 * - skip: READPAST
 * - dirty: READ UNCOMMITTED, NOLOCK
 */
export type ReadMode = 'wait' | 'committed' | 'skip' | 'dirty';

export interface TableReader {
  readonly currentTransaction: Transaction | undefined;
  readMode(table: MemoryTable): ReadMode;
}

/** A table as one session sees it. */
export class TableView implements StoredTable {
  readonly kind = 'table';
  readonly base: MemoryTable;
  private readonly reader: TableReader;

  constructor(base: MemoryTable, reader: TableReader) {
    this.base = base;
    this.reader = reader;
  }

  get objectId(): number {
    return this.base.objectId;
  }
  get schema(): string {
    return this.base.schema;
  }
  get name(): string {
    return this.base.name;
  }
  get created(): bigint {
    return this.base.created;
  }
  get modified(): bigint {
    return this.base.modified;
  }
  get lifetime(): StoredTable['lifetime'] {
    return this.base.lifetime;
  }
  get columns(): StoredTable['columns'] {
    return this.base.columns;
  }
  get fullTextColumns(): StoredTable['fullTextColumns'] {
    return this.base.fullTextColumns;
  }
  get indexes(): StoredTable['indexes'] {
    return this.base.indexes;
  }
  get checks(): StoredTable['checks'] {
    return this.base.checks;
  }
  get foreignKeys(): StoredTable['foreignKeys'] {
    return this.base.foreignKeys;
  }
  get rowCount(): number {
    return this.base.rowCount;
  }
  ordinalOf(name: string): number {
    return this.base.ordinalOf(name);
  }

  scan(): Iterable<StoredRow> {
    const mine = this.reader.currentTransaction;
    const writers = this.base.foreignWriters(mine);
    const exclusive = this.base.exclusiveOwners(mine);
    if (writers.length === 0 && exclusive.length === 0) return this.base.scan();
    const mode = this.reader.readMode(this.base);
    if (mode === 'dirty') return this.base.scan();
    if (mode === 'wait') throw new RowLocked([...new Set([...writers, ...exclusive])]);
    return this.committedRows(mode);
  }

  *seek(index: IndexDefinition, key: readonly Value[]): Iterable<StoredRow> {
    const hash = this.base.hashIndex(index);
    if (!hash) return;
    const mine = this.reader.currentTransaction;
    const hashKey = hash.hash(key);
    const ids = hash.ids(hashKey);
    const writers = this.base.foreignWriters(mine);
    const exclusive = this.base.exclusiveOwners(mine);
    if (writers.length === 0 && exclusive.length === 0) {
      for (const id of ids) yield this.base.row(id)!;
      return;
    }
    const mode = this.reader.readMode(this.base);
    if (mode === 'wait' && exclusive.length > 0) throw new RowLocked(exclusive);
    if (mode === 'dirty') {
      for (const id of ids) yield this.base.row(id)!;
      return;
    }
    for (const id of new Set([...ids, ...hash.ghosts(hashKey)])) {
      const pending = this.base.pending(id);
      const row = this.base.row(id);
      if (!pending || pending.owner === mine) {
        if (row && hash.keyOf(row) === hashKey) yield row;
        continue;
      }
      if (mode === 'wait') throw new RowLocked([pending.owner]);
      if (mode === 'committed' && pending.before && hash.keyOf(pending.before) === hashKey) yield pending.before;
    }
  }

  row(id: number): StoredRow | undefined {
    return this.base.row(id);
  }

  private committedRows(mode: 'committed' | 'skip'): readonly StoredRow[] {
    const mine = this.reader.currentTransaction;
    const rows: StoredRow[] = [];
    for (const row of this.base.scan()) {
      const pending = this.base.pending(row.id);
      if (!pending || pending.owner === mine) rows.push(row);
    }
    if (mode === 'skip') return rows;
    for (const [, pending] of this.base.pendingRows) {
      if (pending.owner !== mine && pending.before) rows.push(pending.before);
    }
    const clustered = this.base.indexes.find(index => index.clustered);
    const compare = clustered
      ? rowComparator(
          clustered.key,
          this.base.columns.map(column => column.type),
        )
      : () => 0;
    return rows.sort((a, b) => compare(a.values, b.values) || a.id - b.id);
  }
}
