import sql from 'mssql';
import { startSandbox } from '../../src/index.ts';
import { seedBatches } from '../../src/seed/seeds.ts';
import type { Outcome } from './corpus-case.ts';

/** Where the corpus runs: a sandbox, or the server that SANDBOX_COMPARE names. */
export interface CorpusTarget {
  run(statement: string): Promise<Outcome>;
  close(): Promise<void>;
}

const TIMEOUT = 20_000;

function connect(config: Partial<sql.config> & { readonly server: string }): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool({
    requestTimeout: TIMEOUT,
    ...config,
    pool: { max: 1 },
    options: { encrypt: false, trustServerCertificate: true, ...config.options },
  });
  return pool.connect();
}

async function runBatch(pool: sql.ConnectionPool, statement: string): Promise<Outcome> {
  const request = pool.request();
  request.arrayRowMode = true;
  const messages: string[] = [];
  request.on('info', (info: { readonly message: string }) => messages.push(info.message));
  try {
    const result = (await request.batch(statement)) as unknown as {
      readonly recordsets: readonly (readonly unknown[])[];
      readonly columns: readonly (readonly { readonly name: string }[])[];
    };
    // FOR JSON and FOR XML come as one object for the whole text.
    const sets = result.recordsets.map(set =>
      set.map(row => (Array.isArray(row) ? (row as unknown[]) : Object.values(row as object))),
    );
    const last = result.columns[result.columns.length - 1] ?? [];
    return { sets, columns: last.map(c => c.name), messages };
  } catch (error) {
    if (!(error instanceof sql.RequestError)) throw error;
    const { number, message, lineNumber } = error as sql.RequestError & { readonly lineNumber: number };
    await pool.request().batch('IF @@TRANCOUNT > 0 ROLLBACK');
    return { sets: [], columns: [], messages, error: { number: number!, message, line: lineNumber } };
  }
}

async function openSandbox(): Promise<CorpusTarget> {
  const sandbox = await startSandbox();
  const pool = await connect({ server: sandbox.host, port: sandbox.port, user: 'sa', password: 'x' });
  return {
    run: statement => runBatch(pool, statement),
    async close() {
      await pool.close();
      await sandbox.close();
    },
  };
}

/** mssql://user:password@host:port makes, seeds and drops a database; with /database that one is used as it is. */
async function openServer(address: string): Promise<CorpusTarget> {
  const url = new URL(address);
  const named = decodeURIComponent(url.pathname.slice(1));
  const server = {
    server: url.hostname,
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    options: { encrypt: url.searchParams.get('encrypt') !== 'false' },
  };
  if (named) {
    const pool = await connect({ ...server, database: named });
    return { run: statement => runBatch(pool, statement), close: () => pool.close() };
  }
  const database = `tsql_sandbox_corpus_${process.pid}_${Date.now()}`;
  const main = await connect(server);
  await main.request().batch(`CREATE DATABASE ${database}`);
  const pool = await connect({ ...server, database });
  for (const batch of seedBatches('sample')) await pool.request().batch(batch);
  return {
    run: statement => runBatch(pool, statement),
    async close() {
      await pool.close();
      await main
        .request()
        .batch(`ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${database}`);
      await main.close();
    },
  };
}

export function openTarget(): Promise<CorpusTarget> {
  const address = process.env['SANDBOX_COMPARE'];
  return address ? openServer(address) : openSandbox();
}
