import { PGlite } from '@electric-sql/pglite';
import sql from 'mssql';
import { startSandbox } from '../../src/index.ts';
import { Random } from './random-query.ts';

/** The same two tables in a sandbox and in PostgreSQL; both run the same queries. */
export interface Peers {
  sandbox(query: string): Promise<string[]>;
  postgres(query: string): Promise<string[]>;
  close(): Promise<void>;
}

const TEXTS = ['apple', 'banana', 'cherry', 'date', 'elder', 'fig'];

function inserts(): string[] {
  const random = new Random(42);
  const maybe = (value: string): string => (random.chance(0.15) ? 'NULL' : value);
  return ['a', 'b'].flatMap(table =>
    Array.from({ length: 30 }, (_, i) => {
      const id = table === 'a' ? i + 1 : 2 * i + 1;
      const [k, n] = [maybe(String(random.below(8))), maybe(String(random.below(25) - 5))];
      const p = maybe((random.below(2000) / 100).toFixed(2));
      return `INSERT INTO ${table} (id, k, n, p, s) VALUES (${id}, ${k}, ${n}, ${p}, ${maybe(`'${random.pick(TEXTS)}'`)})`;
    }),
  );
}

const tables = (text: string): string[] =>
  ['a', 'b'].map(t => `CREATE TABLE ${t} (id int NOT NULL PRIMARY KEY, k int, n int, p numeric(8, 2), s ${text})`);

/** Drivers return numbers, strings or bigints; decimals differ in zeros and in the last digits of quotients. */
function normalize(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))) {
    return String(Number(Number(value).toFixed(4)) + 0);
  }
  return JSON.stringify(value);
}

/** Rows without their order. */
const canonical = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map(row => row.map(normalize).join(' | ')).sort();

export async function openPeers(): Promise<Peers> {
  const [postgres, sandbox] = await Promise.all([PGlite.create(), startSandbox({ seed: 'none' })]);
  const pool = await new sql.ConnectionPool({
    server: sandbox.host,
    port: sandbox.port,
    user: 'sa',
    password: 'x',
    pool: { max: 1 },
    options: { encrypt: false, trustServerCertificate: true },
  }).connect();
  const data = inserts();
  for (const statement of [...tables('varchar(20)'), ...data]) await pool.request().batch(statement);
  await postgres.exec([...tables('varchar(20)'), ...data].join(';'));
  return {
    async sandbox(query) {
      const request = pool.request();
      request.arrayRowMode = true;
      const { recordset } = await request.batch(query);
      return canonical(recordset as unknown as unknown[][]);
    },
    async postgres(query) {
      const { rows } = await postgres.query(query, [], { rowMode: 'array' });
      return canonical(rows as unknown[][]);
    },
    async close() {
      await pool.close();
      await Promise.all([sandbox.close(), postgres.close()]);
    },
  };
}
