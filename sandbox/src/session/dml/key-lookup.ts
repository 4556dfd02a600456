import type { Value } from '../../engine/sql-type.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import { hashKeyOf, type HashKey } from '../../storage/row-key.ts';
import type { IndexDefinition, StoredRow } from '../../storage/table.ts';
import { RowLocked, type Transaction } from '../../storage/transaction.ts';

/** Finds rows by the values of columns, for foreign keys: by an index if one fits, else by a scan. */
export class KeyLookup {
  private readonly table: MemoryTable;
  private readonly ordinals: readonly number[];
  private readonly index: IndexDefinition | undefined;
  private readonly order: readonly number[];
  readonly hash: (values: readonly Value[]) => HashKey;

  constructor(table: MemoryTable, ordinals: readonly number[]) {
    this.table = table;
    this.ordinals = ordinals;
    this.hash = hashKeyOf(ordinals.map(ordinal => table.columns[ordinal]!.type));
    this.index = table.indexes.find(
      index =>
        !index.filter &&
        !index.disabled &&
        index.key.length === ordinals.length &&
        index.key.every(column => ordinals.includes(column.ordinal)),
    );
    this.order = this.index?.key.map(column => ordinals.indexOf(column.ordinal)) ?? [];
  }

  valuesOf(row: StoredRow): Value[] {
    return this.ordinals.map(ordinal => row.values[ordinal]!);
  }

  /** Throws RowLocked when others are changing a row that has or had one of the keys. */
  find(keys: readonly (readonly Value[])[], transaction: Transaction | undefined): StoredRow[] {
    return this.index ? this.seek(this.index, keys, transaction) : this.scan(keys, transaction);
  }

  private seek(
    index: IndexDefinition,
    keys: readonly (readonly Value[])[],
    transaction: Transaction | undefined,
  ): StoredRow[] {
    const found: StoredRow[] = [];
    const hashIndex = this.table.hashIndex(index)!;
    for (const key of keys) {
      const hash = hashIndex.hash(this.order.map(position => key[position]!));
      for (const id of hashIndex.ids(hash)) {
        this.table.checkWritable(id, transaction);
        found.push(this.table.row(id)!);
      }
      for (const id of hashIndex.ghosts(hash)) {
        const pending = this.table.pending(id);
        if (pending && pending.owner !== transaction) throw new RowLocked([pending.owner]);
      }
    }
    return found;
  }

  private scan(keys: readonly (readonly Value[])[], transaction: Transaction | undefined): StoredRow[] {
    const writers = this.table.foreignWriters(transaction);
    if (writers.length > 0) throw new RowLocked(writers);
    const wanted = new Set(keys.map(this.hash));
    const found: StoredRow[] = [];
    for (const row of this.table.scan()) {
      const values = this.valuesOf(row);
      if (!values.includes(null) && wanted.has(this.hash(values))) found.push(row);
    }
    return found;
  }
}
