/**
 * Measures the probe of the login's permissions in a sandbox with 10,000 tables, for a login that can only read: the
 * worst case, because nothing ends the search early. The exit code is 1 if the aim is missed.
 */
import mssql from 'mssql';
import { startSandbox } from 'tsql-sandbox';
import { PROBE_OF_GROUP_MEMBER, PROBE_OF_SQL_LOGIN } from '../src/database/connection/login-permissions.ts';

const TABLES = 10_000;
const BATCH = 250;
const ROUNDS = 3;
const AIM_MS = 1_000;

const users = [
  { name: 'owner', password: 'Bench!2026', roles: ['db_owner'] },
  { name: 'reader', password: 'Bench!2026', roles: ['db_datareader'] },
];
const sandbox = await startSandbox({ seed: 'none', users });
const connect = (user: string): Promise<mssql.ConnectionPool> =>
  new mssql.ConnectionPool({
    ...{ server: '127.0.0.1', port: sandbox.port, user, password: 'Bench!2026', database: 'SandboxDb' },
    options: { encrypt: false, trustServerCertificate: true },
    requestTimeout: 120_000,
    pool: { max: 1 },
  }).connect();

const owner = await connect('owner');
for (let from = 0; from < TABLES; from += BATCH) {
  const tables = Array.from({ length: BATCH }, (_, i) => `CREATE TABLE dbo.Table_${from + i} (id int NOT NULL);`);
  await owner.batch(tables.join('\n'));
}
const reader = await connect('reader');
let good = true;
for (const [login, probe, aim] of [
  ['SQL login', PROBE_OF_SQL_LOGIN, AIM_MS],
  ['Windows or Entra login', PROBE_OF_GROUP_MEMBER, undefined],
] as const) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    const { recordset } = await reader.query<{ can_write: number }>(probe);
    times.push(performance.now() - before);
    if (recordset[0]?.can_write !== 0) throw new Error('The reader counts as one that can write.');
  }
  const ms = Math.round(Math.min(...times));
  if (aim !== undefined && ms > aim) good = false;
  console.log(JSON.stringify({ bench: 'permission-probe', tables: TABLES, login, ms, ...(aim ? { aim } : {}) }));
}
await owner.close();
await reader.close();
await sandbox.close();
process.exit(good ? 0 : 1);
