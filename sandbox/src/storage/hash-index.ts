import type { SqlType, Value } from '../engine/sql-type.ts';
import { hashKeyOf, type HashKey } from './row-key.ts';
import type { IndexDefinition, StoredRow } from './table.ts';

/**
 * Row ids by key. It also keeps `ghosts`: keys that uncommitted transactions have removed, which still exist for all
 * other transactions (ghost records in SQL Server's B-tree).
 */
export class HashIndex {
  readonly definition: IndexDefinition;
  private readonly ordinals: readonly number[];
  private readonly hashOf: (values: readonly Value[]) => HashKey;
  private readonly rows = new Map<HashKey, number | Set<number>>();
  private readonly ghostsByKey = new Map<HashKey, Set<number>>();
  /** Set for a filtered index: whether it includes a row. */
  private readonly includes: ((row: StoredRow) => boolean) | undefined;

  constructor(definition: IndexDefinition, types: readonly SqlType[], includes?: (row: StoredRow) => boolean) {
    this.definition = definition;
    this.ordinals = definition.key.map(column => column.ordinal);
    this.hashOf = hashKeyOf(this.ordinals.map(ordinal => types[ordinal]!));
    this.includes = includes;
  }

  /** Undefined when the row is outside the index's filter. */
  keyOf(row: StoredRow): HashKey | undefined {
    if (this.includes && !this.includes(row)) return undefined;
    return this.hashOf(this.ordinals.map(ordinal => row.values[ordinal]!));
  }

  keyValues(row: StoredRow): Value[] {
    return this.ordinals.map(ordinal => row.values[ordinal]!);
  }

  hash(key: readonly Value[]): HashKey {
    return this.hashOf(key);
  }

  ids(key: HashKey): readonly number[] {
    const found = this.rows.get(key);
    if (found === undefined) return [];
    return typeof found === 'number' ? [found] : [...found];
  }

  ghosts(key: HashKey): readonly number[] {
    if (this.ghostsByKey.size === 0) return [];
    const found = this.ghostsByKey.get(key);
    return found ? [...found] : [];
  }

  sameKey(a: StoredRow, b: StoredRow): boolean {
    return this.keyOf(a) === this.keyOf(b);
  }

  add(row: StoredRow): void {
    const key = this.keyOf(row);
    if (key === undefined) return;
    const found = this.rows.get(key);
    if (found === undefined) this.rows.set(key, row.id);
    else if (typeof found === 'number') {
      if (found !== row.id) this.rows.set(key, new Set([found, row.id]));
    } else found.add(row.id);
  }

  remove(row: StoredRow): void {
    const key = this.keyOf(row);
    if (key === undefined) return;
    const found = this.rows.get(key);
    if (found === row.id) this.rows.delete(key);
    else if (found instanceof Set) {
      found.delete(row.id);
      if (found.size === 0) this.rows.delete(key);
    }
  }

  addGhost(row: StoredRow): void {
    const key = this.keyOf(row);
    if (key === undefined) return;
    const found = this.ghostsByKey.get(key);
    if (found) found.add(row.id);
    else this.ghostsByKey.set(key, new Set([row.id]));
  }

  removeGhost(row: StoredRow): void {
    const key = this.keyOf(row);
    if (key === undefined) return;
    const found = this.ghostsByKey.get(key);
    found?.delete(row.id);
    if (found?.size === 0) this.ghostsByKey.delete(key);
  }
}
