import { assignmentConverter, type Converter } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { StoredRow } from '../../storage/table.ts';
import type { SessionState } from '../session-state.ts';
import { tableRules } from './compile-rules.ts';
import { fullName } from './full-name.ts';
import { identityValue, noteExplicitIdentity } from './identity.ts';
import type { RowWriter } from './row-writer.ts';
import type { TableRules } from './table-rules.ts';

/** DEFAULT in place of a value. */
export const DEFAULT_VALUE: unique symbol = Symbol('default');
export type InsertValue = Value | typeof DEFAULT_VALUE;

/** Inserts rows with values for some columns; it adds defaults and identity values, and converts types. */
export class RowInserter {
  private readonly session: SessionState;
  private readonly writer: RowWriter;
  private readonly table: MemoryTable;
  private readonly ordinals: readonly number[];
  private readonly rules: TableRules;
  private readonly convert: readonly Converter[];
  private readonly identity: number;
  private readonly explicitIdentity: boolean;
  private readonly others: readonly number[];
  readonly inserted: StoredRow[] = [];
  lastIdentity: bigint | null = null;

  constructor(
    session: SessionState,
    writer: RowWriter,
    database: Database,
    table: MemoryTable,
    ordinals: readonly number[],
    types: readonly SqlType[],
  ) {
    this.session = session;
    this.writer = writer;
    this.table = table;
    this.ordinals = ordinals;
    this.rules = tableRules(session, database, table);
    const name = fullName(database, table);
    this.convert = ordinals.map((ordinal, i) =>
      assignmentConverter(types[i]!, table.columns[ordinal]!.type, {
        table: name,
        column: table.columns[ordinal]!.name,
      }),
    );
    this.identity = table.columns.findIndex(column => column.identity);
    this.explicitIdentity = ordinals.includes(this.identity);
    this.others = table.columns.map((_, i) => i).filter(i => !ordinals.includes(i) && i !== this.identity);
    this.checkIdentity();
  }

  insert(source: readonly InsertValue[]): StoredRow | undefined {
    const values: Value[] = new Array<Value>(this.table.columns.length).fill(null);
    this.ordinals.forEach((ordinal, i) => {
      const value = source[i]!;
      values[ordinal] =
        value === DEFAULT_VALUE ? this.rules.defaults[ordinal]!() : value === null ? null : this.convert[i]!(value);
    });
    for (const ordinal of this.others) values[ordinal] = this.rules.defaults[ordinal]!();
    this.giveIdentity(values);
    const row = this.writer.insert(this.table, values);
    if (row) this.inserted.push(row);
    return row;
  }

  private giveIdentity(values: Value[]): void {
    const column = this.table.columns[this.identity];
    if (!column?.identity) return;
    if (!this.explicitIdentity) values[this.identity] = identityValue(column, column.identity);
    else if (values[this.identity] !== null) noteExplicitIdentity(column.identity, values[this.identity]!);
    const value = values[this.identity];
    if (value !== null) this.lastIdentity = BigInt(value as number | bigint);
  }

  private checkIdentity(): void {
    if (this.identity < 0) return;
    const on = this.session.identityInsert === this.table;
    if (this.explicitIdentity && !on) {
      throw new SqlError(
        544,
        `Cannot insert explicit value for identity column in table '${this.table.name}' when IDENTITY_INSERT is set to OFF.`,
      );
    }
    if (!this.explicitIdentity && on) {
      throw new SqlError(
        545,
        `Explicit value must be specified for identity column in table '${this.table.name}' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.`,
      );
    }
  }
}
