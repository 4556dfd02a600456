// Starts the server with two embedded sandboxes: tenant `demo` (read-only) and `workshop` (read and write). demo.mjs
// starts this file.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sql from 'mssql';
import { startSandbox } from 'tsql-sandbox';
import { stringify } from 'yaml';
import { hashPassword } from '../dist/oauth/identity/password.js';
import { putUser } from '../dist/oauth/identity/users-file.js';
import { ConfigError, readConfig, serve } from '../dist/public-api.js';

const host = process.env.SERVER_HOST || '127.0.0.1';
const port = process.env.SERVER_PORT || '8008';
const password = process.env.DEMO_PASSWORD || randomBytes(9).toString('base64url');
// Each port has its own directory, because two demos may run at once.
const directory = path.resolve('var', `demo-${port.replace(/\D/g, '')}`);
const usersFile = path.join(directory, 'users.json');
mkdirSync(directory, { recursive: true, mode: 0o700 });

const databasePassword = randomBytes(18).toString('base64url');
const users = [
  { name: 'mcp_reader', password: databasePassword, roles: ['db_datareader'] },
  { name: 'mcp_writer', password: databasePassword, roles: ['db_owner'] },
];
const [demo, workshop] = await Promise.all([
  startSandbox({ users }),
  startSandbox({ users, seed: 'workshop', databaseName: 'Workshop' }),
]);

// Like scripts/sql/create-readonly-login.sql: the reader sees defaults and constraints.
const owner = await new sql.ConnectionPool({
  server: demo.host,
  port: demo.port,
  user: 'mcp_writer',
  password: databasePassword,
  database: demo.databaseName,
  options: { trustServerCertificate: true },
}).connect();
await owner.query('GRANT VIEW DEFINITION TO mcp_reader; GRANT VIEW DATABASE STATE TO mcp_reader');
await owner.close();

const database = (sandbox, user) => ({
  host: sandbox.host,
  port: sandbox.port,
  user,
  password: '${DEMO_DATABASE_PASSWORD}',
  database: sandbox.databaseName,
  trust_server_certificate: true,
});
const knowledge = path.resolve(import.meta.dirname, '..', 'config', 'knowledge.example.yaml');
const tenantsFile = path.join(directory, 'tenants.yaml');
writeFileSync(
  tenantsFile,
  stringify({
    tenants: [
      { path: '/demo', database: database(demo, 'mcp_reader'), knowledge },
      { path: '/workshop', database: database(workshop, 'mcp_writer'), read_only: false },
    ],
  }),
);

let config;
try {
  config = readConfig({
    LOG_LEVEL: 'warn',
    STATE_STORE: `sqlite:${path.join(directory, 'state.db')}`,
    AUDIT_FILE: path.join(directory, 'audit.jsonl'),
    DEFAULT_TENANT: 'demo',
    METRICS_PORT: '0',
    ...process.env,
    // The shell may have set it for other work; the demo never runs in production mode.
    NODE_ENV: undefined,
    SERVER_HOST: host,
    SERVER_PORT: port,
    USERS_FILE: usersFile,
    TENANTS_FILE: tenantsFile,
    DEMO_DATABASE_PASSWORD: databasePassword,
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
await serve(config);

// Only after the port is taken, so that a second demo does not replace the users of the first. Each start has new users
// and databases; only client registrations and keys are kept.
rmSync(usersFile, { force: true });
await putUser(usersFile, { name: 'demo', password: await hashPassword(password) });

const url = config.publicUrl;
/** Quotes for bash: https://www.gnu.org/software/bash/manual/html_node/Single-Quotes.html */
const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;
const person = `MCP_USER=demo MCP_PASSWORD=${quoted(password)}`;
const query = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'execute_sql', arguments: { query: 'SELECT TOP 5 * FROM sales.Orders' } },
});
console.log(`
MSSQL MCP Server with an embedded sample database. Press Ctrl-C to stop it.

  MCP URL      ${url}/demo/sse          (read-only)
               ${url}/workshop/sse      (read and write)
  Sign in as   user demo, password ${password}

Claude Code (then enter /mcp and sign in):
  claude mcp add --transport http mssql-demo ${url}/demo/sse

MCP Inspector (a page opens; press Connect and sign in):
  npx @modelcontextprotocol/inspector@2 --transport http --server-url ${url}/demo/sse

curl:
  TOKEN=$(${person} node scripts/sign-in.mjs ${url}/demo)
  curl -s ${url}/demo/sse -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '${query}'

Check every step of a client:
  ${person} scripts/e2e-test.sh ${url}/demo
`);
