import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';

/** A parameter as the declaration of a dynamic or prepared statement gives it. */
export interface DeclaredParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly output: boolean;
  readonly hasDefault: boolean;
  readonly default: Value;
  /** The table type of a table-valued parameter. */
  readonly tableType?: string;
}

/** A parameter of a dynamic batch, with the value that it starts with. */
export interface DynamicParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly value: Value;
  readonly tableType?: string;
  readonly table?: MemoryTable;
  /** Takes the last value, for OUTPUT. */
  readonly assign?: (value: Value, type: SqlType) => void;
}
