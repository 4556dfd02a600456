/**
 * What two other MCP servers and this one do with the same statements on the embedded sandbox (or on the SQL Server that
 * TEST_MSSQL_URL names). Each has the settings that its documentation gives for reading only, and a login that may write.
 * npm installs the others in a folder of their own. Prints one JSON line for each server.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import mssql from 'mssql';
import { openTestDatabase } from '../test/support/database.ts';
import { freePort } from '../test/support/ports.ts';
import { databaseEnvironment, NO_SIGN_IN, serverEnvironment } from '../test/support/server-environment.ts';
import { startProcess } from '../test/support/server-process.ts';

const DBHUB = '@bytebase/dbhub@1.4.0';
const TOOLBOX = '@toolbox-sdk/server@1.12.0';

/** Expressions, and how their values may be written. The digits and the zone decide, not the form. */
const VALUES: readonly (readonly [expression: string, written: RegExp])[] = [
  ['CAST(9007199254740993 AS bigint)', /\b9007199254740993\b/],
  ["CAST('123456789012345.6789' AS decimal(19, 4))", /\b123456789012345\.6789\b/],
  [
    "CAST('1234567890123456789012345678.0123456789' AS decimal(38, 10))",
    /\b1234567890123456789012345678\.0123456789\b/,
  ],
  ["CAST('922337203685477.5807' AS money)", /\b922337203685477\.5807\b/],
  ['CAST(0.1 AS real)', /[^\d]0?\.1(?!\d)/],
  ["CAST('2024-01-02T03:04:05.1234567' AS datetime2(7))", /2024-01-02[T ]03:04:05\.1234567(?!Z)/],
  ["CAST('2024-01-02T03:04:05.1234567+05:30' AS datetimeoffset(7))", /2024-01-02[T ]03:04:05\.1234567 ?\+05:30/],
  ["CAST('23:59:59.9999999' AS time(7))", /23:59:59\.9999999/],
  ["CAST('2024-01-02' AS date)", /2024-01-02(?![T ])/],
  ["CAST('2024-01-02T03:04:05.997' AS datetime)", /2024-01-02[T ]03:04:05\.997(?!Z)/],
];

/** Each changes the tables when it runs. */
const CHANGES = [
  "INSERT INTO dbo.Probe VALUES (2, 'x')",
  "UPDATE dbo.Probe SET v = 'x'",
  'DELETE FROM dbo.Probe',
  'TRUNCATE TABLE dbo.Probe',
  'SELECT 1 AS one; DELETE FROM dbo.Probe',
  'SELECT 1 AS one DELETE FROM dbo.Probe',
  'WITH p AS (SELECT * FROM dbo.Probe) DELETE FROM p',
  "WITH p AS (SELECT * FROM dbo.Probe) UPDATE p SET v = 'x'",
  'SELECT id, v INTO dbo.Copied FROM dbo.Probe',
  "EXEC('DELETE FROM dbo.Probe')",
];

const MANY_ROWS = "SELECT value AS id, CONCAT('Customer ', value) AS customer FROM GENERATE_SERIES(1, 100000)";

interface Contender {
  readonly name: string;
  readonly client: Client;
  readonly tool: string;
  /** The name of the tool's argument. */
  readonly argument: string;
}

const database = await openTestDatabase();
const { host, port, user, password, database: name } = database.config;
const admin = await new mssql.ConnectionPool({
  server: host,
  port: port ?? 1433,
  user,
  password,
  database: name,
  options: { trustServerCertificate: true },
}).connect();
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-alternatives-'));
const bin = (program: string): string => path.join(directory, 'node_modules', '.bin', program);
execFileSync('npm', ['install', '--prefix', directory, '--no-audit', '--no-fund', '--loglevel=error', DBHUB, TOOLBOX], {
  stdio: 'inherit',
});

async function reset(): Promise<void> {
  await admin.batch('DROP TABLE IF EXISTS dbo.Copied; DROP TABLE IF EXISTS dbo.Probe');
  await admin.batch("CREATE TABLE dbo.Probe (id int, v varchar(9)); INSERT INTO dbo.Probe VALUES (1, 'a')");
}

/** Whether the tables are no longer as `reset` left them. */
async function hasChanged(): Promise<boolean> {
  const { recordset: probe } = await admin.query<{ id: number; v: string }>('SELECT id, v FROM dbo.Probe');
  const { recordset: copies } = await admin.query("SELECT 1 AS one FROM sys.tables WHERE name = 'Copied'");
  return JSON.stringify(probe) !== '[{"id":1,"v":"a"}]' || copies.length > 0;
}

async function stdio(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client({ name: 'alternatives', version: '1' });
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env };
  const [program = '', ...args] = command;
  await client.connect(
    new StdioClientTransport({ command: program, args, env: own, stderr: 'ignore', cwd: directory }),
  );
  return client;
}

/** DBHub only reads with `readonly` (dbhub.ai/config/toml). */
async function dbhub(): Promise<Contender> {
  const dsn = `sqlserver://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}?sslmode=require`;
  const file = path.join(directory, 'dbhub.toml');
  const source = `[[sources]]\nid = "db"\ndsn = "${dsn}"\n`;
  writeFileSync(file, `${source}\n[[tools]]\nname = "execute_sql"\nsource = "db"\nreadonly = true\n`);
  const client = await stdio([bin('dbhub'), '--transport', 'stdio', '--config', file]);
  return { name: DBHUB, client, tool: 'execute_sql', argument: 'sql' };
}

/** The ready-made configuration for SQL Server; it has no setting for reading only. */
async function toolbox(): Promise<Contender> {
  const env = { MSSQL_HOST: host, MSSQL_PORT: String(port), MSSQL_USER: user, MSSQL_PASSWORD: password };
  const command = [bin('toolbox'), '--prebuilt', 'mssql', '--stdio'];
  const client = await stdio(command, { ...env, MSSQL_DATABASE: name });
  return { name: TOOLBOX, client, tool: 'execute_sql', argument: 'sql' };
}

const serverPort = await freePort();
const env = { ...serverEnvironment(directory), ...databaseEnvironment(database), ...NO_SIGN_IN };
const url = `http://127.0.0.1:${serverPort}`;
const server = await startProcess('dist/main.js', { ...env, SERVER_PORT: String(serverPort) }, `${url}/health/ready`);

async function ours(): Promise<Contender> {
  const client = new Client({ name: 'alternatives', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  return { name: 'this server', client, tool: 'execute_sql', argument: 'query' };
}

/** The text of the answer, or of the error. */
async function ask({ client, tool, argument }: Contender, statement: string): Promise<string> {
  const answer = await client
    .callTool({ name: tool, arguments: { [argument]: statement } })
    .catch((error: unknown) => ({
      content: [{ type: 'text', text: String(error) }],
    }));
  return (answer.content as { text?: string }[]).map(({ text }) => text ?? '').join('\n');
}

async function measure(contender: Contender): Promise<void> {
  const changed: string[] = [];
  for (const statement of CHANGES) {
    await reset();
    await ask(contender, statement);
    if (await hasChanged()) changed.push(statement);
  }
  const inexact: string[] = [];
  for (const [index, [expression, written]] of VALUES.entries()) {
    const text = await ask(contender, `SELECT v${index} FROM dbo.Hard`);
    if (!written.test(text.replaceAll('\\"', '"'))) inexact.push(`${expression}: ${text.slice(0, 160)}`);
  }
  const { tools } = await contender.client.listTools();
  const many = await ask(contender, MANY_ROWS);
  console.log(
    JSON.stringify({
      server: contender.name,
      changes_in_read_only_mode: `${changed.length} of ${CHANGES.length}`,
      exact_values: `${VALUES.length - inexact.length} of ${VALUES.length}`,
      bytes_for_100000_rows: Buffer.byteLength(many),
      bytes_of_tools_list: Buffer.byteLength(JSON.stringify(tools)),
      changed,
      inexact,
    }),
  );
  await contender.client.close();
}

// In a table, because some answers repeat the statement.
await admin.batch(
  `SELECT ${VALUES.map(([expression], index) => `${expression} AS v${index}`).join(', ')} INTO dbo.Hard`,
);
for (const open of [ours, dbhub, toolbox]) await measure(await open());
await server.stop();
await admin.close();
await database.close();
