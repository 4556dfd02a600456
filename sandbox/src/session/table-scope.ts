import type { ExpressionColumn } from '../engine/query/compile-query.ts';
import type { SqlType } from '../engine/sql-type.ts';

/** A table's columns as its own expressions (CHECK, computed columns, filters) see them. */
export const tableScope = (
  columns: readonly { readonly name: string; readonly type: SqlType; readonly nullable: boolean }[],
): readonly ExpressionColumn[] => columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
