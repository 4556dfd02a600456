import type { MemoryTable } from './memory-table.ts';
import type { StoredRow } from './table.ts';

/** What change tracking counts in one database. */
export interface ChangeCounter {
  version: bigint;
}

interface RowChange {
  readonly table: MemoryTable;
  readonly id: number;
  readonly before: StoredRow | undefined;
}

type UndoEntry = RowChange | { readonly undo: () => void };

let lastTransactionId = 0n;

/**
 * The undo log and the locks of one transaction. Every statement outside BEGIN TRANSACTION has one of its own.
 * A rollback undoes exactly what was logged; identity and sequence values are not logged.
 */
export class Transaction {
  readonly id: bigint = ++lastTransactionId;
  readonly spid: number;
  private readonly log: UndoEntry[] = [];
  private readonly savepoints: { readonly name: string; readonly mark: number }[] = [];
  private readonly tables = new Set<MemoryTable>();
  private readonly released: (() => void)[] = [];
  private running = true;

  constructor(spid: number) {
    this.spid = spid;
  }

  get active(): boolean {
    return this.running;
  }

  /** The length of the log: a position for rollbackTo, and the cost of a deadlock victim. */
  get mark(): number {
    return this.log.length;
  }

  touch(table: MemoryTable): void {
    this.tables.add(table);
  }

  logRow(table: MemoryTable, id: number, before: StoredRow | undefined): void {
    this.log.push({ table, id, before });
  }

  logUndo(undo: () => void): void {
    this.log.push({ undo });
  }

  /** Called once, when the transaction has ended. */
  onEnd(released: () => void): void {
    this.released.push(released);
  }

  rollbackTo(mark: number): void {
    while (this.log.length > mark) {
      const entry = this.log.pop()!;
      if ('undo' in entry) entry.undo();
      else entry.table.restore(entry.id, entry.before);
    }
  }

  save(name: string): void {
    this.savepoints.push({ name: name.toLowerCase(), mark: this.log.length });
  }

  /** False when there is no savepoint of that name; the newest of several counts. */
  rollbackToSavepoint(name: string): boolean {
    for (let i = this.savepoints.length - 1; i >= 0; i--) {
      const savepoint = this.savepoints[i]!;
      if (savepoint.name !== name.toLowerCase()) continue;
      this.rollbackTo(savepoint.mark);
      this.savepoints.length = i + 1;
      return true;
    }
    return false;
  }

  commit(): void {
    const counters = new Set(this.log.flatMap(entry => ('table' in entry ? (entry.table.changes ?? []) : [])));
    for (const counter of counters) counter.version++;
    this.end();
  }

  rollback(): void {
    this.rollbackTo(0);
    this.end();
  }

  private end(): void {
    if (!this.running) return;
    this.running = false;
    this.log.length = 0;
    for (const table of this.tables) table.release(this);
    for (const released of this.released) released();
  }
}

/** Another transaction has locked a row or table. The session waits and runs the statement again. */
export class RowLocked extends Error {
  readonly owners: readonly Transaction[];

  constructor(owners: readonly Transaction[]) {
    super('locked');
    this.owners = owners;
  }
}
