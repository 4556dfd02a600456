const ROWS_PER_INSERT = 500;

export type Literal = string | number | null;

/** Batches of at most 500 rows, because one INSERT takes at most 1,000. */
export function inserts(into: string, rows: readonly (readonly Literal[])[]): string[] {
  const batches: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    const values = rows.slice(at, at + ROWS_PER_INSERT).map(row => `(${row.map(value => value ?? 'NULL').join(',')})`);
    batches.push(`INSERT INTO ${into} VALUES ${values.join(',')}`);
  }
  return batches;
}

export const text = (value: string | null): Literal => (value === null ? null : `N'${value.replaceAll("'", "''")}'`);

/** A literal of a date with a time; milliseconds since 1970, UTC. */
export const moment = (milliseconds: number): string => `'${new Date(milliseconds).toISOString().slice(0, 23)}'`;

export const day = (milliseconds: number | null): Literal =>
  milliseconds === null ? null : `'${new Date(milliseconds).toISOString().slice(0, 10)}'`;
