import type { Value } from '../../engine/sql-type.ts';
import type { CheckConstraint } from '../../storage/table.ts';

/** A table's expressions, compiled for one session. */
export interface TableRules {
  /** By ordinal; a column without DEFAULT gives NULL. Evaluated anew for each row. */
  readonly defaults: readonly (() => Value)[];
  /** Computed columns, each after the columns that it depends on. */
  readonly computed: readonly { readonly ordinal: number; evaluate(row: readonly Value[]): Value }[];
  readonly checks: readonly { readonly constraint: CheckConstraint; evaluate(row: readonly Value[]): boolean | null }[];
  /** Row-level security: the predicates for rows after INSERT, after UPDATE, before UPDATE, before DELETE. */
  readonly blocks: Readonly<Record<BlockOperation, readonly ((row: readonly Value[]) => boolean | null)[]>>;
}

export type BlockOperation = 'AFTER INSERT' | 'AFTER UPDATE' | 'BEFORE UPDATE' | 'BEFORE DELETE';
