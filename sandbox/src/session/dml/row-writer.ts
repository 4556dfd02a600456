import { PAUSE, type Steps, type Ticker } from '../../engine/contracts.ts';
import { toDisplayString } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { Database } from '../../storage/database.ts';
import { DuplicateKey, type MemoryTable } from '../../storage/memory-table.ts';
import type { ForeignKeyConstraint, ReferentialAction, StoredRow, StoredTable } from '../../storage/table.ts';
import type { Transaction } from '../../storage/transaction.ts';
import { duplicateKeyError } from '../error-policy.ts';
import { KeyLookup } from './key-lookup.ts';
import type { BlockOperation, TableRules } from './table-rules.ts';

export type WriteOperation = 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | 'ALTER TABLE';

export interface WriteContext {
  readonly database: Database;
  /** Table variables have a log of their own: a rollback of the transaction leaves them as they are. */
  transactionOf(table: MemoryTable): Transaction;
  readonly ticker: Ticker;
  /** The name of the statement in error texts. */
  readonly operation: WriteOperation;
  rulesOf(table: MemoryTable): TableRules;
  /** Called when a row is skipped because of IGNORE_DUP_KEY. */
  duplicateIgnored(): void;
}

export interface RowChange {
  readonly before: StoredRow;
  readonly values: readonly Value[];
}

/** The deepest cascade of foreign keys; a deeper one must be a cycle. */
const MAX_CASCADE = 32;

/** Writes rows and enforces NOT NULL, computed columns, CHECK, keys, foreign keys and cascades. */
export class RowWriter {
  private readonly context: WriteContext;

  constructor(context: WriteContext) {
    this.context = context;
  }

  /** The stored row, or undefined when it was skipped (IGNORE_DUP_KEY). */
  insert(table: MemoryTable, values: readonly Value[]): StoredRow | undefined {
    const rules = this.context.rulesOf(table);
    const complete = this.complete(table, rules, [...values], 'INSERT');
    const transaction = this.context.transactionOf(table);
    table.checkWritable(undefined, transaction);
    try {
      const row = table.insert(complete, transaction);
      this.block(table, rules, 'AFTER INSERT', row.values);
      return row;
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      if (!error.index.ignoreDuplicateKey) throw this.duplicate(table, error);
      this.context.duplicateIgnored();
      return undefined;
    }
  }

  /** Checks that the parents of the written rows exist, after the statement has written all rows. */
  *checkParents(
    table: MemoryTable,
    rows: readonly StoredRow[],
    operation = this.context.operation,
    only?: readonly string[],
  ): Steps {
    for (const key of table.foreignKeys) {
      if (only ? !only.includes(key.name) : key.disabled) continue;
      const parent = baseTable(key.referencedTable);
      const lookup = new KeyLookup(parent, key.referencedColumns);
      const known = new Set<unknown>();
      for (const row of rows) {
        if (this.context.ticker.tick()) yield PAUSE;
        const values: Value[] = key.columns.map(ordinal => row.values[ordinal]!);
        if (values.includes(null)) continue;
        const hash = lookup.hash(values);
        if (known.has(hash)) continue;
        known.add(hash);
        if (lookup.find([values], this.context.transactionOf(parent)).length > 0) continue;
        const same = parent === table ? ' SAME TABLE' : '';
        throw this.conflict(operation, `FOREIGN KEY${same}`, key, parent, key.referencedColumns);
      }
    }
  }

  *update(table: MemoryTable, changes: readonly RowChange[], depth = 0): Steps<StoredRow[]> {
    if (changes.length === 0) return [];
    const { ticker } = this.context;
    const transaction = this.context.transactionOf(table);
    const rules = this.context.rulesOf(table);
    const rows: StoredRow[] = [];
    for (const change of changes) {
      if (ticker.tick()) yield PAUSE;
      this.block(table, rules, 'BEFORE UPDATE', change.before.values);
      const values = this.complete(table, rules, [...change.values], 'UPDATE');
      rows.push(table.rewrite(change.before, values, transaction));
    }
    for (const row of rows) {
      if (ticker.tick()) yield PAUSE;
      try {
        table.checkUnique(row, transaction);
      } catch (error) {
        throw error instanceof DuplicateKey ? this.duplicate(table, error) : error;
      }
      this.block(table, rules, 'AFTER UPDATE', row.values);
    }
    yield* this.checkParents(table, rows, 'UPDATE');
    const now = new Map(rows.map(row => [row.id, row]));
    yield* this.keysGone(
      table,
      changes.map(change => change.before),
      'UPDATE',
      depth,
      now,
    );
    return rows;
  }

  *delete(table: MemoryTable, rows: readonly StoredRow[], depth = 0): Steps {
    const rules = this.context.rulesOf(table);
    const transaction = this.context.transactionOf(table);
    for (const row of rows) {
      if (this.context.ticker.tick()) yield PAUSE;
      this.block(table, rules, 'BEFORE DELETE', row.values);
      table.delete(row, transaction);
    }
    yield* this.keysGone(table, rows, 'DELETE', depth);
  }

  private complete(
    table: MemoryTable,
    rules: TableRules,
    values: Value[],
    verb: 'INSERT' | 'UPDATE',
  ): readonly Value[] {
    table.columns.forEach((column, ordinal) => {
      if (column.type.name === 'rowversion') values[ordinal] = this.context.database.nextRowVersion();
    });
    for (const column of rules.computed) values[column.ordinal] = column.evaluate(values);
    const operation = this.context.operation === 'MERGE' ? 'MERGE' : verb;
    table.columns.forEach((column, ordinal) => {
      if (values[ordinal] !== null || column.nullable) return;
      throw new SqlError(
        515,
        `Cannot insert the value NULL into column '${column.name}', table '${qualified(this.context.database, table)}'; column does not allow nulls. ${verb} fails.`,
        16,
        2,
      );
    });
    for (const check of rules.checks) {
      if (check.constraint.disabled || check.evaluate(values) !== false) continue;
      const columns = check.constraint.column === undefined ? [] : [check.constraint.column];
      throw this.conflict(operation, 'CHECK', check.constraint, table, columns);
    }
    return values;
  }

  private block(table: MemoryTable, rules: TableRules, operation: BlockOperation, values: readonly Value[]): void {
    for (const predicate of rules.blocks[operation]) {
      if (predicate(values) === true) continue;
      throw new SqlError(
        33504,
        `The attempted operation failed because the target object '${this.context.database.name}.${table.schema}.${table.name}' has a block predicate that conflicts with this operation. If the operation is performed on a view, the block predicate might be enforced on the underlying table. Modify the operation to target only the rows that are allowed by the block predicate.`,
      );
    }
  }

  /** Handles the children of rows that lost their keys: refuse, cascade, SET NULL or SET DEFAULT. */
  private *keysGone(
    table: MemoryTable,
    gone: readonly StoredRow[],
    verb: 'UPDATE' | 'DELETE',
    depth: number,
    now?: ReadonlyMap<number, StoredRow>,
  ): Steps {
    if (gone.length === 0) return;
    for (const { child, key } of this.context.database.referencingKeys(table)) {
      if (key.disabled) continue;
      const parents = new KeyLookup(table, key.referencedColumns);
      const changed: StoredRow[] = [];
      for (const row of gone) {
        if (this.context.ticker.tick()) yield PAUSE;
        const values = parents.valuesOf(row);
        if (values.includes(null)) continue;
        const after = now?.get(row.id);
        if (after && parents.hash(parents.valuesOf(after)) === parents.hash(values)) continue;
        if (parents.find([values], this.context.transactionOf(table)).length === 0) changed.push(row);
      }
      if (changed.length === 0) continue;
      const children = new KeyLookup(child, key.columns);
      const hit = children.find(
        changed.map(row => parents.valuesOf(row)),
        this.context.transactionOf(child),
      );
      if (hit.length === 0) continue;
      const action = verb === 'DELETE' ? key.onDelete : key.onUpdate;
      if (action === 'NO_ACTION' || depth >= MAX_CASCADE) {
        const same = child === table ? 'SAME TABLE ' : '';
        throw this.conflict(this.context.operation, `${same}REFERENCE`, key, child, key.columns);
      }
      if (action === 'CASCADE' && verb === 'DELETE') {
        yield* this.delete(child, hit, depth + 1);
        continue;
      }
      const newKeys = new Map(changed.map(row => [parents.hash(parents.valuesOf(row)), now?.get(row.id)]));
      const changes = hit.map(row => {
        const values = [...row.values];
        const parent = newKeys.get(children.hash(children.valuesOf(row)));
        key.columns.forEach((ordinal, i) => {
          values[ordinal] = this.referred(child, action, ordinal, parent?.values[key.referencedColumns[i]!] ?? null);
        });
        return { before: row, values };
      });
      yield* this.update(child, changes, depth + 1);
    }
  }

  private referred(child: MemoryTable, action: ReferentialAction, ordinal: number, cascaded: Value): Value {
    if (action === 'SET_NULL') return null;
    return action === 'SET_DEFAULT' ? this.context.rulesOf(child).defaults[ordinal]!() : cascaded;
  }

  private duplicate(table: MemoryTable, error: DuplicateKey): SqlError {
    const types = error.index.key.map(column => table.columns[column.ordinal]!.type);
    return duplicateKeyError(table, error, error.key.map((value, i) => keyText(value, types[i]!)).join(', '));
  }

  private conflict(
    operation: WriteOperation,
    kind: string,
    constraint: Pick<ForeignKeyConstraint, 'name'>,
    table: MemoryTable,
    columns: readonly number[],
  ): SqlError {
    const column = columns.length === 1 ? `, column '${table.columns[columns[0]!]!.name}'` : '';
    const database = table.lifetime === 'permanent' ? this.context.database.name : 'tempdb';
    return new SqlError(
      547,
      `The ${operation} statement conflicted with the ${kind} constraint "${constraint.name}". The conflict occurred in database "${database}", table "${table.schema}.${table.name}"${column}.`,
      16,
      0,
    );
  }
}

const keyText = (value: Value, type: SqlType): string => (value === null ? '<NULL>' : toDisplayString(value, type));

/** Foreign keys refer to the stored table itself, never to a session's view of it. */
const baseTable = (table: StoredTable): MemoryTable => table as MemoryTable;

function qualified(database: Database, table: MemoryTable): string {
  if (table.lifetime === 'variable') return table.name;
  return `${table.lifetime === 'temporary' ? 'tempdb' : database.name}.${table.schema}.${table.name}`;
}
