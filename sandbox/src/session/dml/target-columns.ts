import { SqlError } from '../../engine/sql-error.ts';
import type { ColumnDefinition } from '../../storage/table.ts';

/** Throws SQL Server's error when a column is not writable. */
export function requireWritable(column: ColumnDefinition, statement: 'INSERT' | 'UPDATE'): void {
  if (column.computed) {
    throw new SqlError(
      271,
      `The column "${column.name}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
    );
  }
  if (column.type.name === 'rowversion') {
    throw statement === 'UPDATE'
      ? new SqlError(272, 'Cannot update a timestamp column.')
      : new SqlError(
          273,
          'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.',
        );
  }
  if (statement === 'UPDATE' && column.identity)
    throw new SqlError(8102, `Cannot update identity column '${column.name}'.`);
}

export function refuseDuplicates(ordinals: readonly number[], columns: readonly ColumnDefinition[]): void {
  const seen = new Set<number>();
  for (const ordinal of ordinals) {
    if (seen.has(ordinal)) {
      throw new SqlError(
        264,
        `The column name '${columns[ordinal]!.name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
      );
    }
    seen.add(ordinal);
  }
}

export const invalidColumn = (name: string): SqlError => new SqlError(207, `Invalid column name '${name}'.`);
