import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

interface Targets {
  /** The SQL Server that MSSQL_* names. Without it the sandbox runs in a process of its own. */
  readonly given?: Target;
  /** A login that can't write, and one that can. */
  readonly reader: Target;
  readonly writer: Target;
}

const rows = (n: number): string =>
  `SELECT value AS order_id, CONCAT(N'Customer ', value) AS customer, DATEADD(day, value % 365, CAST('2024-01-01' AS datetime2(0))) AS placed, ` +
  `CAST(value AS decimal(12,2)) / 4 AS total, 'EUR' AS currency, value % 7 AS items FROM GENERATE_SERIES(1, ${n})`;

/** The statements that are measured. BENCH_QUERY_100 and BENCH_QUERY_1000 replace two of them, for other engines. */
export const STATEMENTS = {
  one: 'SELECT 1 AS one',
  hundred: process.env.BENCH_QUERY_100 ?? rows(100),
  thousand: process.env.BENCH_QUERY_1000 ?? rows(1000),
};

const PORT = /,(\d{4,5}), database/;

async function startSandboxProcess(): Promise<{ port: number; stop(): Promise<void> }> {
  const args = ['--no-warnings', 'sandbox/bin/tsql-sandbox.js', '--port', '0', '--seed', 'none'];
  args.push('--user', 'reader:Reader!2026:db_datareader', '--user', 'writer:Writer!2026:db_datareader,db_datawriter');
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  for (let attempt = 0; attempt < 200 && !PORT.test(text); attempt += 1) await delay(50);
  const port = Number(PORT.exec(text)?.[1]);
  if (!Number.isInteger(port)) throw new Error('The sandbox did not start.');
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

export async function withDatabase(use: (targets: Targets) => Promise<void>): Promise<void> {
  const { MSSQL_HOST, MSSQL_PORT, MSSQL_USER, MSSQL_PASSWORD, MSSQL_DATABASE } = process.env;
  if (MSSQL_HOST !== undefined) {
    const given = {
      host: MSSQL_HOST,
      port: Number(MSSQL_PORT ?? 1433),
      user: MSSQL_USER ?? '',
      password: MSSQL_PASSWORD ?? '',
      database: MSSQL_DATABASE ?? '',
    };
    return use({ given, reader: given, writer: given });
  }
  const sandbox = await startSandboxProcess();
  const target = { host: '127.0.0.1', port: sandbox.port, database: 'SandboxDb' };
  await use({
    reader: { ...target, user: 'reader', password: 'Reader!2026' },
    writer: { ...target, user: 'writer', password: 'Writer!2026' },
  });
  await sandbox.stop();
}
