import type { SqlType, Value } from '../engine/sql-type.ts';
import { HashIndex } from './hash-index.ts';
import { OrderedRows } from './ordered-rows.ts';
import { rowComparator } from './row-key.ts';
import type {
  CheckConstraint,
  ColumnDefinition,
  ForeignKeyConstraint,
  IndexDefinition,
  StoredRow,
  StoredTable,
} from './table.ts';
import { type ChangeCounter, RowLocked, type Transaction } from './transaction.ts';

/** An uncommitted change: its transaction, and the row before it (undefined for an inserted row). */
export interface PendingRow {
  readonly owner: Transaction;
  readonly before: StoredRow | undefined;
}

/** S is held by SERIALIZABLE and REPEATABLE READ readers, U by UPDLOCK, X by TABLOCKX and DDL; to the transaction's end. */
export type TableLockMode = 'S' | 'U' | 'X';

/** A write found this key taken in a unique index. */
export class DuplicateKey extends Error {
  readonly index: IndexDefinition;
  readonly key: readonly Value[];

  constructor(index: IndexDefinition, key: readonly Value[]) {
    super('duplicate key');
    this.index = index;
    this.key = key;
  }
}

export interface TableShape {
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly checks: readonly CheckConstraint[];
  readonly foreignKeys: readonly ForeignKeyConstraint[];
}

export type IndexFilter = (index: IndexDefinition, table: MemoryTable) => ((row: StoredRow) => boolean) | undefined;

/**
 * The newest rows of a table, possibly uncommitted, with their indexes. Sessions read it through a TableView, which
 * applies their isolation level; this class itself reads like READ UNCOMMITTED.
 */
export class MemoryTable implements StoredTable {
  readonly kind = 'table';
  readonly objectId: number;
  readonly lifetime: StoredTable['lifetime'];
  schema: string;
  name: string;
  readonly created: bigint;
  modified: bigint;
  private currentShape: TableShape;
  /** Increases when columns, indexes or constraints change, which invalidates compiled plans. */
  version = 0;
  /** It is not part of a transaction: CREATE FULLTEXT INDEX can't be in one. */
  fullTextColumns: ReadonlySet<number> = new Set();
  /** Counts the commits that change the table, where change tracking is on. */
  changes: ChangeCounter | undefined;
  private nextColumnId = 1;
  private nextRowId = 1;
  private rows = new Map<number, StoredRow>();
  private ordered: OrderedRows;
  private hashIndexes: HashIndex[] = [];
  private ordinals = new Map<string, number>();
  private readonly filter: IndexFilter;
  private readonly pendingById = new Map<number, PendingRow>();
  private readonly pendingOf = new Map<Transaction, Set<number>>();
  private readonly locks = new Map<Transaction, TableLockMode>();
  /** Running statements that read the table (schema stability locks): its shape must stay until they end. */
  private readonly readers = new Set<Transaction>();

  constructor(
    identity: { objectId: number; schema: string; name: string; lifetime: StoredTable['lifetime']; created: bigint },
    shape: TableShape,
    filter: IndexFilter = () => undefined,
  ) {
    this.objectId = identity.objectId;
    this.schema = identity.schema;
    this.name = identity.name;
    this.lifetime = identity.lifetime;
    this.created = identity.created;
    this.modified = identity.created;
    this.filter = filter;
    this.currentShape = shape;
    this.ordered = this.newOrder();
    this.setShape(shape);
  }

  get columns(): readonly ColumnDefinition[] {
    return this.currentShape.columns;
  }
  get indexes(): readonly IndexDefinition[] {
    return this.currentShape.indexes;
  }
  get checks(): readonly CheckConstraint[] {
    return this.currentShape.checks;
  }
  get foreignKeys(): readonly ForeignKeyConstraint[] {
    return this.currentShape.foreignKeys;
  }
  get shape(): TableShape {
    return this.currentShape;
  }
  get rowCount(): number {
    return this.rows.size;
  }
  /** The column_id of the next added column. */
  takeColumnId(): number {
    return this.nextColumnId++;
  }

  ordinalOf(name: string): number {
    return this.ordinals.get(name.toLowerCase()) ?? -1;
  }

  hashIndex(index: IndexDefinition): HashIndex | undefined {
    return this.hashIndexes.find(candidate => candidate.definition.indexId === index.indexId);
  }

  scan(): Iterable<StoredRow> {
    return this.ordered.scan();
  }

  *seek(index: IndexDefinition, key: readonly Value[]): Iterable<StoredRow> {
    const hash = this.hashIndex(index);
    if (!hash) return;
    for (const id of hash.ids(hash.hash(key))) yield this.rows.get(id)!;
  }

  row(id: number): StoredRow | undefined {
    return this.rows.get(id);
  }

  /** New columns, indexes and constraints; rows that no longer fit are given by `convert`. Rebuilds the indexes. */
  setShape(shape: TableShape, convert?: (row: StoredRow) => readonly Value[]): void {
    const types = (): SqlType[] => shape.columns.map(column => column.type);
    this.currentShape = shape;
    this.version++;
    for (const column of shape.columns) this.nextColumnId = Math.max(this.nextColumnId, column.columnId + 1);
    this.ordinals = new Map(shape.columns.map((column, i) => [column.name.toLowerCase(), i]));
    const rows = [...this.rows.values()].map(row => (convert ? { id: row.id, values: convert(row) } : row));
    this.ordered = this.newOrder();
    this.hashIndexes = shape.indexes.map(index => new HashIndex(index, types(), this.filter(index, this)));
    this.rows = new Map();
    for (const row of rows) {
      this.rows.set(row.id, row);
      this.ordered.insert(row);
      for (const index of this.hashIndexes) index.add(row);
    }
  }

  /** Columns, constraints and rows as they are now, for the undo of ALTER TABLE and TRUNCATE. */
  snapshot(): () => void {
    const shape = this.currentShape;
    const rows = this.rows;
    const identities = shape.columns.map(column => column.identity?.last ?? null);
    this.rows = new Map(rows);
    return () => {
      this.rows = rows;
      shape.columns.forEach((column, i) => {
        if (column.identity) column.identity.last = identities[i]!;
      });
      this.setShape(shape);
    };
  }

  /** The first duplicate key of a unique index over the current rows. */
  findDuplicate(index: IndexDefinition): readonly Value[] | undefined {
    const hash = new HashIndex(
      index,
      this.columns.map(column => column.type),
      this.filter(index, this),
    );
    const seen = new Set<unknown>();
    for (const row of this.ordered.scan()) {
      const key = hash.keyOf(row);
      if (key === undefined) continue;
      if (seen.has(key)) return hash.keyValues(row);
      seen.add(key);
    }
    return undefined;
  }

  insert(values: readonly Value[], transaction: Transaction | undefined): StoredRow {
    const row: StoredRow = { id: this.nextRowId++, values };
    this.checkUnique(row, transaction);
    this.write(row.id, undefined, row, transaction);
    return row;
  }

  delete(row: StoredRow, transaction: Transaction | undefined): void {
    this.checkCurrent(row, transaction);
    this.write(row.id, row, undefined, transaction);
  }

  /**
   * Gives a row new values. Uniqueness is not checked yet: a statement that changes several rows does so when all
   * have their new values, as SQL Server's plans do.
   */
  rewrite(before: StoredRow, values: readonly Value[], transaction: Transaction | undefined): StoredRow {
    this.checkCurrent(before, transaction);
    const row = { id: before.id, values };
    this.write(row.id, before, row, transaction);
    return row;
  }

  /** Throws DuplicateKey when another row has one of this row's unique keys. */
  checkUnique(row: StoredRow, transaction: Transaction | undefined): void {
    for (const index of this.hashIndexes) {
      if (!index.definition.unique || index.definition.disabled) continue;
      const key = index.keyOf(row);
      if (key === undefined) continue;
      for (const id of index.ids(key)) {
        if (id === row.id) continue;
        this.checkWritable(id, transaction);
        throw new DuplicateKey(index.definition, index.keyValues(row));
      }
      for (const id of index.ghosts(key)) this.checkWritable(id, transaction);
    }
  }

  /** TRUNCATE. */
  clear(): void {
    this.rows = new Map();
    this.setShape(this.currentShape);
  }

  /** Restores a row: the undo of a logged change. */
  restore(id: number, before: StoredRow | undefined): void {
    this.apply(this.rows.get(id), before);
  }

  /** Throws RowLocked when others have locked the row or the table. */
  checkWritable(id: number | undefined, transaction: Transaction | undefined): void {
    if (this.locks.size > 0) {
      const owners = [...this.locks.keys()].filter(owner => owner !== transaction);
      if (owners.length > 0) throw new RowLocked(owners);
    }
    if (id === undefined) return;
    const pending = this.pendingById.get(id);
    if (pending && pending.owner !== transaction) throw new RowLocked([pending.owner]);
  }

  /** Takes or strengthens a lock on the whole table; throws RowLocked when others hold one that does not go with it. */
  lock(mode: TableLockMode, transaction: Transaction): void {
    const held = this.locks.get(transaction);
    const wanted = held && rank(held) > rank(mode) ? held : mode;
    const owners = new Set<Transaction>();
    for (const [owner, other] of this.locks) {
      if (owner !== transaction && !compatible(wanted, other)) owners.add(owner);
    }
    for (const owner of this.pendingOf.keys()) if (owner !== transaction) owners.add(owner);
    if (mode === 'X') {
      for (const reader of this.readers) if (reader.spid !== transaction.spid) owners.add(reader);
    }
    if (owners.size > 0) throw new RowLocked([...owners]);
    if (wanted === held) return;
    this.locks.set(transaction, wanted);
    transaction.touch(this);
  }

  /** Registers a statement as a reader until `statement` ends. */
  beginRead(statement: Transaction): void {
    this.readers.add(statement);
    statement.touch(this);
  }

  /** Other transactions that hold an exclusive lock on the table. */
  exclusiveOwners(transaction: Transaction | undefined): readonly Transaction[] {
    if (this.locks.size === 0) return [];
    return [...this.locks].filter(([owner, mode]) => mode === 'X' && owner !== transaction).map(([owner]) => owner);
  }

  pending(id: number): PendingRow | undefined {
    return this.pendingById.get(id);
  }

  get pendingRows(): Iterable<readonly [number, PendingRow]> {
    return this.pendingById;
  }

  /** Other transactions with uncommitted rows in the table. */
  foreignWriters(transaction: Transaction | undefined): readonly Transaction[] {
    if (this.pendingOf.size === 0) return [];
    return [...this.pendingOf.keys()].filter(owner => owner !== transaction);
  }

  /** Ends a transaction: keeps its changes and releases its locks. */
  release(transaction: Transaction): void {
    this.readers.delete(transaction);
    this.locks.delete(transaction);
    const ids = this.pendingOf.get(transaction);
    if (!ids) return;
    this.pendingOf.delete(transaction);
    for (const id of ids) {
      const before = this.pendingById.get(id)?.before;
      this.pendingById.delete(id);
      if (before) for (const index of this.hashIndexes) index.removeGhost(before);
    }
  }

  private write(
    id: number,
    old: StoredRow | undefined,
    row: StoredRow | undefined,
    transaction: Transaction | undefined,
  ): void {
    this.checkWritable(id, transaction);
    if (transaction) {
      // Temporary tables and table variables are visible to their session only.
      if (this.lifetime === 'permanent' && !this.pendingById.has(id)) this.setPending(id, old, transaction);
      transaction.logRow(this, id, old);
    }
    this.apply(old, row);
  }

  private setPending(id: number, before: StoredRow | undefined, owner: Transaction): void {
    this.pendingById.set(id, { owner, before });
    let ids = this.pendingOf.get(owner);
    if (!ids) {
      this.pendingOf.set(owner, (ids = new Set()));
      owner.touch(this);
    }
    ids.add(id);
  }

  private apply(old: StoredRow | undefined, row: StoredRow | undefined): void {
    const before = old && this.pendingById.get(old.id)?.before;
    for (const index of this.hashIndexes) {
      if (old && row && index.sameKey(old, row)) continue;
      if (old) {
        index.remove(old);
        if (before) index.addGhost(before);
      }
      if (row) index.add(row);
    }
    if (old && row && this.ordered.inPlace(old, row)) {
      this.rows.set(row.id, row);
      return;
    }
    if (old) {
      this.ordered.delete(old);
      this.rows.delete(old.id);
    }
    if (row) {
      this.ordered.insert(row);
      this.rows.set(row.id, row);
    }
  }

  /** The row has changed since the statement read it, so the statement must run again. */
  private checkCurrent(row: StoredRow, transaction: Transaction | undefined): void {
    this.checkWritable(row.id, transaction);
    if (this.rows.get(row.id) !== row) throw new RowLocked([]);
  }

  private newOrder(): OrderedRows {
    const clustered = this.currentShape.indexes.find(index => index.clustered);
    if (!clustered) return new OrderedRows((a, b) => a.id - b.id);
    const compare = rowComparator(
      clustered.key,
      this.currentShape.columns.map(column => column.type),
    );
    return new OrderedRows((a, b) => compare(a.values, b.values) || a.id - b.id);
  }
}

const rank = (mode: TableLockMode): number => (mode === 'S' ? 1 : mode === 'U' ? 2 : 3);
const compatible = (a: TableLockMode, b: TableLockMode): boolean => a !== 'X' && b !== 'X' && (a === 'S' || b === 'S');
