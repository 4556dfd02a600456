import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CodexAppServer } from '../support/codex-app-server.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { startScriptedModel } from '../support/scripted-model.js';
import { stdioCommand } from '../support/stdio-process.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const run = promisify(execFile);
/** A directory where `npm install @anthropic-ai/claude-code @openai/codex` ran. */
const CLIENTS = path.resolve(process.env['TEST_MCP_CLIENTS'] ?? '.', 'node_modules/.bin');
const QUERY = { query: 'SELECT 6 * 7 AS answer' };

/** The applications themselves start the server as their documentation says. No account is used. */
describe('applications that start the server over stdio', () => {
  let database: TestDatabase;
  let home: string;
  let env: Record<string, string>;
  let url: string;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    const { host, port, user, database: name } = database.config;
    url = `mssql://${user}@${host}:${port}/${name}?trustServerCertificate=true`;
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => {
    home = mkdtempSync(path.join(os.tmpdir(), 'mcp-applications-'));
    env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_STATE_HOME: path.join(home, 'state') };
  });

  async function application(name: string, ...args: readonly string[]): Promise<string> {
    const child = run(path.join(CLIENTS, name), args, { env, cwd: home, timeout: 100_000 });
    child.child.stdin?.end();
    return (await child).stdout;
  }
  const password = () => `MSSQL_PASSWORD=${database.config.password}`;
  const server = () => {
    const { command, args } = stdioCommand(url);
    return [command, ...args];
  };
  /** Resolves when the trail has the outcome of one call, which is written after the response. */
  async function outcome(): Promise<Record<string, unknown> | undefined> {
    await until('the outcome is written', () => outcomes().length > 0);
    return outcomes()[0];
  }
  const outcomes = () =>
    wholeLines(readFileSync(path.join(home, 'state', 'mssql-mcp', 'audit.jsonl'), 'utf8'))
      .map(line => JSON.parse(line) as Record<string, unknown>)
      .filter(({ type }) => type === 'outcome');

  it('Claude Code connects to it, and calls its tool', async () => {
    await application('claude', 'mcp', 'add', '--scope', 'user', 'mssql', '--env', password(), '--', ...server());
    expect(await application('claude', 'mcp', 'list')).toMatch(/^mssql: .*Connected$/m);
    const model = await startScriptedModel({ name: 'mcp__mssql__execute_sql', input: QUERY });
    Object.assign(env, {
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ENABLE_TOOL_SEARCH: 'false',
    });
    try {
      const options = ['--allowedTools', 'mcp__mssql__execute_sql', '--output-format', 'json'];
      await application('claude', '-p', 'What is 6 times 7?', ...options);
      expect(JSON.stringify(model.results)).toContain('[[42]]');
      expect(await outcome()).toMatchObject({ tool: 'execute_sql', outcome: 'ok', client: 'stdio' });
    } finally {
      await model.close();
    }
  }, 180_000);

  it('Codex connects to it, lists its tools and calls one', async () => {
    // Codex hands a server only few variables besides those of its configuration.
    const state = `XDG_STATE_HOME=${env['XDG_STATE_HOME']}`;
    await application('codex', 'mcp', 'add', 'mssql', '--env', password(), '--env', state, '--', ...server());
    expect(await application('codex', 'mcp', 'list')).toMatch(/^mssql .*MSSQL_PASSWORD=\*+.*enabled/m);
    expect(JSON.parse(await application('codex', 'mcp', 'get', 'mssql', '--json'))).toMatchObject({
      enabled: true,
      transport: { type: 'stdio', command: process.execPath },
    });
    const codex = await CodexAppServer.start(path.join(CLIENTS, 'codex'), env, home);
    try {
      const { data } = await codex.request('mcpServerStatus/list', {});
      expect(data[0]).toMatchObject({ name: 'mssql', serverInfo: { name: 'MSSQL MCP Server' } });
      expect(Object.keys(data[0].tools as object)).toContain('execute_sql');
      const { thread } = await codex.request('thread/start', {});
      const call = { server: 'mssql', threadId: thread.id, tool: 'execute_sql', arguments: QUERY };
      const { structuredContent } = await codex.request('mcpServer/tool/call', call);
      expect(structuredContent).toMatchObject({ rows: [[42]] });
      expect(await outcome()).toMatchObject({ tool: 'execute_sql', outcome: 'ok', client: 'stdio' });
    } finally {
      await codex.close();
    }
  }, 180_000);
});
