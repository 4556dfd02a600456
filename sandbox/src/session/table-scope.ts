import type { ExpressionColumn } from '../engine/query/compile-query.ts';
import type { SqlType } from '../engine/sql-type.ts';

/** The columns of a table for its own expressions (CHECK, computed columns, filters). */
export const tableScope = (
  columns: readonly { readonly name: string; readonly type: SqlType; readonly nullable: boolean }[],
): readonly ExpressionColumn[] => columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
