import sql from 'mssql';
import { startSandbox } from '../../src/index.ts';
import { seedBatches } from '../../src/seed/seeds.ts';
import { LOGIN_PASSWORD, type Outcome } from './corpus-case.ts';

/** The server that runs the corpus: a sandbox, or the server in SANDBOX_COMPARE. */
export interface CorpusTarget {
  /** Runs a statement as the administrator, or as an existing login. */
  run(statement: string, login?: string): Promise<Outcome>;
  close(): Promise<void>;
}

type RecordSet = readonly unknown[] & { readonly columns: Readonly<Record<string, { readonly name: string }>> };

const TIMEOUT = 20_000;
/** The seed that the expectations refer to. */
const SEED = 'shop';

function connect(config: sql.config): Promise<sql.ConnectionPool> {
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
    const { recordsets } = (await request.batch(statement)) as unknown as { readonly recordsets: readonly RecordSet[] };
    // The driver returns FOR JSON and FOR XML as one object with the whole text.
    const sets = recordsets.map(set =>
      set.map(row => (Array.isArray(row) ? (row as unknown[]) : Object.values(row as object))),
    );
    const last = Object.values(recordsets[recordsets.length - 1]?.columns ?? {});
    return { sets, columns: last.map(c => c.name), messages };
  } catch (error) {
    if (!(error instanceof sql.RequestError)) throw error;
    const { number, message, lineNumber } = error as sql.RequestError & { readonly lineNumber: number };
    await pool.request().batch('IF @@TRANCOUNT > 0 ROLLBACK');
    return { sets: [], columns: [], messages, error: { number: number!, message, line: lineNumber } };
  }
}

/** Connections to one database, one for each login, opened when first needed. */
class Connections implements CorpusTarget {
  private readonly config: sql.config;
  private readonly administrator: sql.ConnectionPool;
  private readonly others = new Map<string, sql.ConnectionPool>();
  private readonly closeServer: (administrator: sql.ConnectionPool) => Promise<void>;

  constructor(
    config: sql.config,
    administrator: sql.ConnectionPool,
    closeServer: (administrator: sql.ConnectionPool) => Promise<void>,
  ) {
    this.config = config;
    this.administrator = administrator;
    this.closeServer = closeServer;
  }

  async run(statement: string, login?: string): Promise<Outcome> {
    return runBatch(login === undefined ? this.administrator : await this.as(login), statement);
  }

  private async as(login: string): Promise<sql.ConnectionPool> {
    const known = this.others.get(login);
    if (known) return known;
    const pool = await connect({ ...this.config, user: login, password: LOGIN_PASSWORD });
    this.others.set(login, pool);
    return pool;
  }

  async close(): Promise<void> {
    for (const pool of this.others.values()) await pool.close();
    for (const login of this.others.keys()) await this.administrator.request().batch(`DROP LOGIN ${login}`);
    await this.closeServer(this.administrator);
  }
}

async function openSandbox(): Promise<CorpusTarget> {
  const administrator = { name: 'sa', password: 'Corpus-1-administrator', roles: ['sysadmin'] };
  const sandbox = await startSandbox({ seed: SEED, users: [administrator] });
  const config = {
    server: sandbox.host,
    port: sandbox.port,
    user: administrator.name,
    password: administrator.password,
    database: sandbox.databaseName,
  };
  return new Connections(config, await connect(config), async pool => {
    await pool.close();
    await sandbox.close();
  });
}

/** mssql://user:password@host:port creates, seeds and drops a database; with /database the existing one is used. */
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
    const config = { ...server, database: named };
    return new Connections(config, await connect(config), pool => pool.close());
  }
  const database = `tsql_sandbox_corpus_${process.pid}_${Date.now()}`;
  const main = await connect(server);
  await main.request().batch(`CREATE DATABASE ${database}`);
  const config = { ...server, database };
  const pool = await connect(config);
  for (const batch of seedBatches(SEED)) await pool.request().batch(batch);
  return new Connections(config, pool, async () => {
    await pool.close();
    await main
      .request()
      .batch(`ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${database}`);
    await main.close();
  });
}

export function openTarget(): Promise<CorpusTarget> {
  const address = process.env['SANDBOX_COMPARE'];
  return address ? openServer(address) : openSandbox();
}
