// Records a CPU profile of one tool under load: starts the server with --cpu-prof, runs the load test, and stops the
// server. It needs the MSSQL_* settings, or --sandbox. Chrome DevTools and VS Code open the .cpuprofile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { readOptions, refuse } from './options.mjs';

const HELP = `Usage: npm run profile -- --sandbox [options]        (after npm run build)
  --sandbox          uses the embedded sample database instead of MSSQL_*
  --tool NAME        calls this tool (default execute_sql)
  --query SQL        the statement for execute_sql (default SELECT TOP 100 * FROM sales.Orders)
  --arguments JSON   the arguments for another tool
  --concurrency N    calls at the same time (default 16)
  --seconds S        duration (default 10)
  --out DIR          the directory of the profile (default var/profiles)`;

const values = readOptions(
  {
    sandbox: { type: 'boolean', default: false },
    out: { type: 'string', default: 'var/profiles' },
    seconds: { type: 'string', default: '10' },
    concurrency: { type: 'string', default: '16' },
    query: { type: 'string', default: 'SELECT TOP 100 * FROM sales.Orders' },
    tool: { type: 'string', default: 'execute_sql' },
    arguments: { type: 'string' },
  },
  HELP,
);
if (!existsSync('dist/cli/bin.js')) refuse('dist/ is missing: run npm run build', HELP);
if (!values.sandbox && !process.env.MSSQL_HOST) refuse('set MSSQL_*, or add --sandbox', HELP);

const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
probe.close();

mkdirSync(values.out, { recursive: true });
const before = new Set(readdirSync(values.out));
const state = mkdtempSync(path.join(os.tmpdir(), 'mcp-profile-'));
let database = {};
let sandbox;
if (values.sandbox) {
  const { startSandbox } = await import('tsql-sandbox');
  sandbox = await startSandbox();
  database = {
    MSSQL_HOST: sandbox.host,
    MSSQL_PORT: String(sandbox.port),
    MSSQL_USER: 'sa',
    MSSQL_PASSWORD: 'any',
    MSSQL_DATABASE: 'SandboxDb',
    TrustServerCertificate: 'yes',
  };
}
const server = spawn(
  process.execPath,
  ['--cpu-prof', `--cpu-prof-dir=${path.resolve(values.out)}`, 'dist/cli/bin.js', 'serve'],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...database,
      NODE_ENV: 'development',
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: String(port),
      METRICS_PORT: '0',
      ENVIRONMENT_PATH: '/profile',
      STATE_STORE: `sqlite:${state}/state.db`,
      AUDIT_FILE: `${state}/audit.jsonl`,
      USERS_FILE: `${state}/users.json`,
      ALLOW_UNAUTH_METHODS: 'true',
      ALLOW_UNAUTH_TOOLS_CALL: 'true',
    },
  },
);
const url = `http://127.0.0.1:${port}/profile`;
for (let attempt = 0; ; attempt++) {
  if (server.exitCode !== null || attempt > 300) throw new Error('the server did not start: see above');
  if ((await fetch(`${url}/health/live`).catch(() => undefined))?.ok) break;
  await new Promise(resolve => setTimeout(resolve, 100));
}
const load = spawn(
  process.execPath,
  [
    'scripts/loadtest.mjs',
    '--url',
    `${url}/sse`,
    '--seconds',
    values.seconds,
    '--concurrency',
    values.concurrency,
    '--tool',
    values.tool,
    ...(values.arguments ? ['--arguments', values.arguments] : ['--query', values.query]),
  ],
  { stdio: 'inherit' },
);
const [loadCode] = await once(load, 'exit');
server.kill('SIGTERM');
await once(server, 'exit');
await sandbox?.close();
const profile = readdirSync(values.out)
  .filter(name => name.endsWith('.cpuprofile') && !before.has(name))
  .sort()
  .at(-1);
if (profile === undefined) {
  console.error('profile: The server wrote no profile, because it did not stop by itself.');
  process.exit(1);
}
console.log(`profile: ${path.join(values.out, profile)} (Chrome DevTools or VS Code opens it)`);
process.exitCode = loadCode;
