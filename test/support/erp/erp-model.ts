/** A column of the generated ERP. */
export interface ErpColumn {
  readonly name: string;
  readonly type: string;
  readonly key: boolean;
  readonly nullable: boolean;
  readonly description?: string;
}

export interface ErpForeignKey {
  readonly columns: readonly string[];
  /** `schema.table` */
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export interface ErpTable {
  readonly schema: string;
  readonly name: string;
  /** What sys.partitions is to say. */
  readonly rowCount: number;
  readonly description?: string;
  readonly columns: readonly ErpColumn[];
  readonly foreignKeys: readonly ErpForeignKey[];
  /** The rows that are really inserted. */
  readonly rows: readonly (readonly string[])[];
}

export interface ErpModel {
  readonly tables: readonly ErpTable[];
  /** What an application runs: Query Store remembers them. They are the only trace of the undeclared joins. */
  readonly queries: readonly string[];
}

interface Draft {
  readonly schema: string;
  readonly name: string;
  readonly rowCount: number;
  readonly description?: string;
  columns: ErpColumn[];
  references: { columns: string[]; target: string; targetColumns?: string[] }[];
  rows: string[][];
}

/**
 * Reads a schema, in which a table has two or three lines: `schema.NAME rows 'description'`, then its columns, separated
 * by `;`, as `NAME type pk null >TARGET 'description'`, where `pk` after a target keeps the key, and composite foreign
 * keys as `(A,B)>TARGET(A,B)`; then its rows, as `= value|value`. A target is in the schema dbo unless it names one.
 * A line `query …` is a query that an application runs.
 */
export function readErp(texts: readonly string[]): ErpModel {
  const drafts: Draft[] = [];
  const queries: string[] = [];
  for (const line of texts.join('\n').split('\n')) {
    const table = drafts.at(-1);
    const head = /^(\w+)\.(\w+) (\d+)(?: '(.*)')?$/.exec(line);
    if (head !== null) {
      const [, schema = '', name = '', rows, description] = head;
      const described = description === undefined ? {} : { description };
      drafts.push({ schema, name, rowCount: Number(rows), ...described, columns: [], references: [], rows: [] });
    } else if (line.startsWith('query ')) queries.push(line.slice('query '.length));
    else if (line.startsWith('= '))
      table?.rows.push(
        ...line
          .slice(2)
          .split(' = ')
          .map(row => row.split('|')),
      );
    else if (line.trim() !== '' && table !== undefined) readColumns(line, table);
  }
  return { tables: withTargets(drafts), queries };
}

function readColumns(line: string, table: Draft): void {
  for (const part of line.split('; ')) {
    const composite = /^\(([\w,]+)\)>([\w.]+)\(([\w,]+)\)$/.exec(part);
    if (composite !== null) {
      const [, columns = '', target = '', targets = ''] = composite;
      table.references.push({ columns: columns.split(','), target: full(target), targetColumns: targets.split(',') });
      continue;
    }
    const [, name = '', type = '', rest = ''] = /^(\w+) (\w+(?:\([\w,]+\))?)(.*)$/.exec(part) ?? [];
    if (name === '') throw new Error(`Column not understood: ${part}`);
    const [, description] = /'(.*)'/.exec(rest) ?? [];
    const [, target] = />([\w.]+)/.exec(rest) ?? [];
    const key = /\bpk\b/.test(rest);
    const nullable = /\bnull\b/.test(rest);
    table.columns.push({ name, type, key, nullable, ...(description === undefined ? {} : { description }) });
    if (target !== undefined) table.references.push({ columns: [name], target: full(target) });
  }
}

const full = (target: string): string => (target.includes('.') ? target : `dbo.${target}`);

function withTargets(drafts: readonly Draft[]): readonly ErpTable[] {
  const byName = new Map(drafts.map(table => [`${table.schema}.${table.name}`, table]));
  return drafts.map(({ references, ...table }) => ({
    ...table,
    foreignKeys: references.map(({ columns, target, targetColumns }) => {
      const keys = byName.get(target)?.columns.filter(({ key }) => key);
      if (keys === undefined) throw new Error(`${table.schema}.${table.name} refers to ${target}, which is missing.`);
      return { columns, target, targetColumns: targetColumns ?? keys.map(({ name }) => name) };
    }),
  }));
}
