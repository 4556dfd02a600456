import type { Rows } from '../connection/catalog-runner.js';
import { sameName } from '../listed-databases.js';
import type { Mention } from '../policy/mentions.js';

/** An object of one of the tenant's databases, and what it refers to. */
interface Reference {
  readonly from: string;
  /** The key of an object of the tenant's databases; OUTSIDE for one elsewhere. */
  readonly to: string;
}

export const OUTSIDE = 'outside';

/** Reads rows of SYNONYM_TARGETS and MODULE_TARGETS of one database. `databases` are those that the tenant lists. */
export function referencesOf(rows: Rows, database: string, databases: readonly string[]): readonly Reference[] {
  return rows.map(([schema, name, server, target, targetSchema, targetName]) => {
    const from = keyOf(database, String(schema), String(name));
    const written = typeof target === 'string' && target !== '' ? target : database;
    // A spelling that differs only in case may be another database where the server distinguishes them.
    const found = databases.find(listed => listed === written) ?? databases.find(listed => sameName(listed, written));
    if ((typeof server === 'string' && server !== '') || found === undefined) return { from, to: OUTSIDE };
    return { from, to: keyOf(found, typeof targetSchema === 'string' ? targetSchema : '', String(targetName)) };
  });
}

/** Objects that lead to a database that the tenant doesn't list, directly or through other objects. */
export class OutsideObjects {
  private readonly outside: ReadonlySet<string>;

  constructor(references: readonly Reference[]) {
    const sources = Map.groupBy(references, ({ to }) => to);
    const found = new Set<string>();
    const queue: string[] = [OUTSIDE];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const { from } of sources.get(key) ?? []) {
        // A name without its schema may mean any schema.
        for (const spelling of [from, withoutSchema(from)]) {
          if (found.has(spelling)) continue;
          found.add(spelling);
          queue.push(spelling);
        }
      }
    }
    this.outside = found;
  }

  has({ database, schema, name }: Pick<Mention, 'database' | 'schema' | 'name'>): boolean {
    return this.outside.has(keyOf(database, schema, name));
  }
}

function keyOf(database: string, schema: string, name: string): string {
  return JSON.stringify([database, schema.toLowerCase(), name.toLowerCase()]);
}

function withoutSchema(key: string): string {
  const [database = '', , name = ''] = JSON.parse(key) as string[];
  return keyOf(database, '', name);
}
