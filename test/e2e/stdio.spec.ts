import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MAX_IN_FLIGHT, MAX_MESSAGE_BYTES } from '../../src/mcp/protocol/limits.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { RunningStatements } from '../support/running-statements.js';
import { NO_DATABASE } from '../support/server-environment.js';
import { startStdio, stdioEnvironment, type StdioProcess } from '../support/stdio-process.js';
import { verifyTrail } from '../../src/audit/verify-trail.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

/** A statement that runs for hours. */
const SLOW = `SELECT COUNT_BIG(*) AS n FROM sys.all_columns a CROSS JOIN sys.all_columns b
  CROSS JOIN sys.all_columns c CROSS JOIN sys.all_columns d WHERE a.name + b.name = c.name + d.name + 'x'`;
const sql = (query: string) => ({ name: 'execute_sql', arguments: { query } });

describe('the server over stdio', () => {
  let database: TestDatabase;
  let running: RunningStatements;
  const started: StdioProcess[] = [];
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    running = await RunningStatements.open(database);
  }, 60_000);
  afterEach(() => {
    for (const { child } of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await running.close();
    await database.close();
  });

  function start(env: Readonly<Record<string, string>> = {}, ...args: readonly string[]): StdioProcess {
    const stdio = startStdio({ ...stdioEnvironment(database), ...env }, ...args);
    started.push(stdio);
    return stdio;
  }

  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('speaks %s', async revision => {
    const stdio = start();
    const { result } = await stdio.initialize(revision);
    expect(result).toMatchObject({ protocolVersion: revision, serverInfo: { name: 'MSSQL MCP Server' } });
    const { result: answer } = await stdio.request('tools/call', sql('SELECT 6 * 7 AS answer'));
    expect(answer?.structuredContent).toMatchObject({ rows: [[42]] });
    stdio.child.stdin?.end();
    expect(await stdio.ended).toBe(0);
  });

  it('speaks 2026-07-28 without a handshake, and older revisions beside it', async () => {
    const stdio = start();
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const { result } = await stdio.request('server/discover', { _meta });
    expect(result?.supportedVersions).toContain('2026-07-28');
    const call = await stdio.request('tools/call', { ...sql('SELECT 1 AS one'), _meta });
    expect(call.result).toMatchObject({ resultType: 'complete', structuredContent: { rows: [[1]] } });
    const unknown = { ..._meta, 'io.modelcontextprotocol/protocolVersion': '1900-01-01' };
    expect((await stdio.request('server/discover', { _meta: unknown })).error?.code).toBe(-32022);
    const { ['io.modelcontextprotocol/clientCapabilities']: _, ...incomplete } = _meta;
    expect((await stdio.request('server/discover', { _meta: incomplete })).error?.code).toBe(-32602);
    await stdio.initialize('2025-06-18');
    expect((await stdio.request('ping')).result).toEqual({});
    expect((await stdio.request('ping', { _meta })).error?.code).toBe(-32601);
  });

  it('announces a changed resource to a subscriber in each revision', async () => {
    const stdio = start({ READ_ONLY_MODE: 'false', CONFIRM_WRITES: 'false' });
    await stdio.initialize();
    const uri = 'mssql://database/schema';
    expect((await stdio.request('resources/subscribe', { uri })).result).toEqual({});
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const listen = { _meta, notifications: { resourceSubscriptions: [uri] } };
    stdio.send({ jsonrpc: '2.0', id: 'listening', method: 'subscriptions/listen', params: listen });
    await stdio.message(({ method }) => method === 'notifications/subscriptions/acknowledged');
    await database.execute('CREATE TABLE dbo.Changed (id int)');
    await stdio.request('tools/call', sql('INSERT INTO dbo.Changed VALUES (1)'));
    const key = 'io.modelcontextprotocol/subscriptionId';
    const updated = (id: unknown) =>
      stdio.message(
        ({ method, params }) => method === 'notifications/resources/updated' && params?._meta?.[key] === id,
      );
    expect((await updated(undefined)).params).toEqual({ uri });
    expect((await updated('listening')).params).toEqual({ uri, _meta: { [key]: 'listening' } });
  });

  describe('answers what it cannot read with an error, and goes on', () => {
    let stdio: StdioProcess;
    beforeAll(async () => {
      stdio = startStdio(stdioEnvironment(database));
      await stdio.initialize();
    });
    afterAll(() => stdio.child.kill('SIGKILL'));

    it.each([
      ['text that is no JSON', 'hello', -32700],
      ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), -32700],
      ['a value that is no message', '42', -32600],
      ['a batch, which 2025-06-18 does not have', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600],
      ['a line that is too long', Buffer.alloc(MAX_MESSAGE_BYTES + 1, 0x20), -32600],
      ['65 levels of nesting', `${'['.repeat(65)}${']'.repeat(65)}`, -32600],
      ['the key __proto__', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{}}}', -32600],
    ])('%s', async (_name, line, code) => {
      const before = stdio.lines.length;
      stdio.send(line);
      expect((await stdio.request('ping')).result).toEqual({});
      await until('there is an answer to each', () => stdio.lines.length === before + 2);
      const answers = stdio.lines.slice(before).map(text => JSON.parse(text) as object);
      expect(answers).toContainEqual({ jsonrpc: '2.0', error: { code, message: expect.any(String) } });
    });

    it('a blank line is ignored, and a carriage return before the newline does not matter', async () => {
      const before = stdio.lines.length;
      stdio.send('\r');
      stdio.send('{"jsonrpc":"2.0","id":"crlf","method":"ping"}\r');
      expect((await stdio.message(({ id }) => id === 'crlf')).result).toEqual({});
      expect(stdio.lines.length).toBe(before + 1);
    });
  });

  it('writes a whole result into the directory for exports, and nowhere else', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-exports-'));
    const stdio = start({ EXPORTS: 'true', EXPORT_DIRECTORY: directory });
    await stdio.initialize();
    const call = (file_name: string) => ({
      name: 'export_query',
      arguments: { query: 'SELECT TOP 3 name FROM sys.objects ORDER BY name', format: 'csv', file_name },
    });
    const { result } = await stdio.request('tools/call', call('three.csv'));
    expect(result?.['structuredContent']).toMatchObject({ path: path.join(directory, 'three.csv'), rows: 3 });
    expect(readFileSync(path.join(directory, 'three.csv'), 'utf8').trim().split('\r\n')).toHaveLength(4);
    const escaped = await stdio.request('tools/call', call('../../escaped.csv'));
    expect(existsSync(path.join(directory, '../../escaped.csv'))).toBe(false);
    expect(escaped.result ?? escaped.error).toBeDefined();
  });

  it('answers a batch of 2025-03-26 on one line', async () => {
    const stdio = start();
    await stdio.initialize('2025-03-26');
    const call = { jsonrpc: '2.0', id: 'sql', method: 'tools/call', params: sql('SELECT 1 AS one') };
    stdio.send([{ jsonrpc: '2.0', id: 'ping', method: 'ping' }, { jsonrpc: '2.0', method: 'notifications/x' }, call]);
    await stdio.message(({ id }) => id === 'sql');
    const batch = JSON.parse(stdio.lines.at(-1) ?? '') as { id: string }[];
    expect(batch.map(({ id }) => id)).toEqual(['ping', 'sql']);
  });

  it('writes nothing but messages to standard output, whatever is logged', async () => {
    const stdio = start({ LOG_LEVEL: 'DEBUG', AUDIT_FILE: 'stdout' });
    await stdio.initialize();
    await stdio.request('tools/call', sql('SELECT 1 AS one'));
    await stdio.request('tools/call', sql('DROP TABLE dbo.Nothing'));
    stdio.child.stdin?.end();
    expect(await stdio.ended).toBe(0);
    for (const line of stdio.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    const log = wholeLines(stdio.log()).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(log).toContainEqual(expect.objectContaining({ name: 'nest', level: 20 }));
    expect(log).toContainEqual(
      expect.objectContaining({
        type: 'outcome',
        tenant: 'stdio',
        principal: `stdio:${os.userInfo().username}`,
        client: 'stdio',
      }),
    );
    expect(log.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  it('only reads unless it is told otherwise', async () => {
    const stdio = start();
    await stdio.initialize();
    const { result } = await stdio.request('tools/list');
    expect((result?.tools as { annotations: object }[]).every(tool => tool.annotations)).toBe(true);
    const write = await stdio.request('tools/call', sql('CREATE TABLE dbo.Never (id int)'));
    expect(write.result).toMatchObject({ isError: true });
    expect(JSON.stringify(write.result)).toContain('READ_ONLY_VIOLATION');
  });

  it('keeps the limit of requests in progress, and still takes a cancellation', async () => {
    const stdio = start({ QUERY_TIMEOUT_MS: '600000', POOL_MAX: '1' });
    await stdio.initialize();
    for (let id = 0; id < MAX_IN_FLIGHT; id++)
      stdio.send({ jsonrpc: '2.0', id, method: 'tools/call', params: sql(SLOW) });
    const refused = await stdio.request('tools/list', {}, 'one too many');
    expect(refused.error).toMatchObject({
      code: -32600,
      message: expect.stringContaining(`${MAX_IN_FLIGHT} requests`),
    });
    expect((await stdio.request('ping')).result).toEqual({});
    for (let requestId = 0; requestId < MAX_IN_FLIGHT; requestId++)
      stdio.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
    await running.count(0);
    expect((await stdio.request('tools/list', {}, 'now')).result).toBeDefined();
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('cancels what is running and ends with 0 at %s', async signal => {
    const stdio = start({ QUERY_TIMEOUT_MS: '600000' });
    await stdio.initialize();
    stdio.send({ jsonrpc: '2.0', id: 'slow', method: 'tools/call', params: sql(SLOW) });
    await running.count(1);
    stdio.child.kill(signal);
    expect(await stdio.ended).toBe(0);
    await running.count(0);
  });

  it('cancels what is running, completes its trail and ends with 0 when its input ends', async () => {
    const env = stdioEnvironment(database);
    const stdio = start({ ...env, QUERY_TIMEOUT_MS: '600000' });
    await stdio.initialize();
    stdio.send({ jsonrpc: '2.0', id: 'slow', method: 'tools/call', params: sql(SLOW) });
    await running.count(1);
    stdio.child.stdin?.end();
    expect(await stdio.ended).toBe(0);
    await running.count(0);
    const trail = path.join(env['XDG_STATE_HOME'] ?? '', 'mssql-mcp', 'audit.jsonl');
    const lines = wholeLines(readFileSync(trail, 'utf8')).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ type }) => type)).toEqual(['start', 'config', 'intent', 'outcome', 'end']);
    expect(lines[3]).toMatchObject({ outcome: 'cancelled', error: 'CANCELLED' });
    expect(await verifyTrail([trail])).toMatchObject({ faults: [], open: [], unfinished: [] });
  });

  it('ends with 0 when nobody reads its output any more', async () => {
    const stdio = start({ QUERY_TIMEOUT_MS: '600000' });
    await stdio.initialize();
    stdio.send({ jsonrpc: '2.0', id: 'slow', method: 'tools/call', params: sql(SLOW) });
    await running.count(1);
    stdio.child.stdout?.destroy();
    stdio.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    stdio.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    const [code] = (await once(stdio.child, 'exit')) as [number];
    expect(code).toBe(0);
    await running.count(0);
  });

  it('loses no response when the client reads late', async () => {
    const stdio = start();
    await stdio.initialize();
    stdio.child.stdout?.pause();
    const ids = Array.from({ length: 200 }, (_, i) => `${i}`.padEnd(20_000, 'x'));
    const all = Promise.all(ids.map(id => stdio.request('ping', {}, id)));
    await until('the pipe is full', () => (stdio.child.stdin?.writableLength ?? 0) > 0);
    stdio.child.stdout?.resume();
    expect((await all).map(({ id }) => id)).toEqual(ids);
  });

  it('answers, and ends, also when nobody reads its log', async () => {
    const stdio = start({ LOG_LEVEL: 'TRACE', AUDIT_FILE: 'stderr' });
    stdio.child.stderr?.pause();
    await stdio.initialize();
    // Their audit records are more than a pipe holds.
    const name = 'x'.repeat(3_000);
    for (let i = 0; i < 400; i++)
      expect((await stdio.request('prompts/get', { name: `${name}${i}` })).error).toBeDefined();
    stdio.child.stdin?.end();
    const [code] = (await once(stdio.child, 'exit')) as [number];
    expect(code).toBe(0);
  });

  it('serves several processes of one person at once, which share a trail and nothing else', async () => {
    const env = stdioEnvironment(database);
    const both = [start(env), start(env), start(env)];
    await Promise.all(both.map(stdio => stdio.initialize()));
    const answers = await Promise.all(
      both.map((stdio, i) => stdio.request('tools/call', sql(`SELECT ${i} AS n`), 'same')),
    );
    expect(answers.map(({ result }) => result?.structuredContent.rows[0][0])).toEqual([0, 1, 2]);
    for (const { child } of both) child.stdin?.end();
    expect(await Promise.all(both.map(stdio => stdio.ended))).toEqual([0, 0, 0]);
    for (const stdio of both) expect(stdio.log()).not.toMatch(/"level":[56]0/);
    const report = await verifyTrail([path.join(env['XDG_STATE_HOME'] ?? '', 'mssql-mcp', 'audit.jsonl')]);
    expect(report).toMatchObject({ chains: 3, faults: [], open: [], unfinished: [] });
  });

  it('answers initialize while the database is away, and says so in the call', async () => {
    const stdio = start({ ...NO_DATABASE });
    expect((await stdio.initialize()).result).toBeDefined();
    const { result } = await stdio.request('tools/call', sql('SELECT 1 AS one'));
    expect(JSON.stringify(result)).toContain('DATABASE_UNAVAILABLE');
    stdio.child.stdin?.end();
    expect(await stdio.ended).toBe(0);
  });

  describe('its settings', () => {
    const faults = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
      const stdio = startStdio({ ...stdioEnvironment(), ...env }, ...args);
      started.push(stdio);
      const code = await stdio.ended;
      expect(stdio.lines).toEqual([]);
      return { code, text: stdio.log() };
    };

    it('are all faulted at once, on standard error, with exit code 1', async () => {
      const { code, text } = await faults({ MSSQL_PORT: 'x', READ_ONLY_MODE: 'perhaps', TENANTS_FILE: 'tenants.yaml' });
      expect(code).toBe(1);
      for (const name of ['MSSQL_HOST', 'MSSQL_PORT', 'MSSQL_PASSWORD', 'READ_ONLY_MODE', 'TENANTS_FILE'])
        expect(text).toMatch(new RegExp(`^ {2}- ${name} .*\\.$`, 'm'));
      expect(text).not.toContain('    at ');
    });

    it('need nothing of HTTP, and are not disturbed by its settings', async () => {
      const stdio = start({ NODE_ENV: 'production', PUBLIC_URL: 'nonsense', METRICS_PORT: '-1', STATE_KEY: 'short' });
      expect((await stdio.initialize()).result).toBeDefined();
    });

    it('come from a URL with the password in a file, or from a file of variables', async () => {
      const { host, port, user, password, database: name } = database.config;
      const directory = stdioEnvironment()['XDG_STATE_HOME'] ?? '';
      const secret = path.join(directory, 'password');
      writeFileSync(secret, `${password}\n`);
      const url = `mssql://${user}@${host}:${port}/${name}?trustServerCertificate=true`;
      const variables = path.join(directory, 'sales.env');
      const ado = `Server=tcp:${host},${port};Database=${name};User ID=${user};TrustServerCertificate=True`;
      writeFileSync(variables, `MSSQL_PASSWORD='${password}'\nMSSQL_CONNECTION_STRING='${ado}'\n`);
      const own = stdioEnvironment();
      for (const stdio of [
        startStdio({ ...own, MSSQL_PASSWORD_FILE: secret }, url),
        startStdio(own, '--env-file', variables),
      ]) {
        started.push(stdio);
        await stdio.initialize();
        const { result } = await stdio.request('tools/call', sql('SELECT 1 AS one'));
        expect(result?.structuredContent).toMatchObject({ rows: [[1]] });
        expect(stdio.log()).not.toContain('a password on the command line');
      }
    });

    it('warn of a password on the command line, and never show it', async () => {
      const { host, port, user, password, database: name } = database.config;
      const url = `mssql://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}?trustServerCertificate=true`;
      const own = { ...stdioEnvironment(), LOG_LEVEL: 'TRACE' };
      const stdio = startStdio(own, url);
      started.push(stdio);
      await stdio.initialize();
      await stdio.request('tools/call', sql('SELECT 1 AS one'));
      expect(stdio.log()).toContain('a password on the command line');
      expect(stdio.log()).not.toContain(password);
    });

    it('are not taken from the file .env of the directory that the client is in', async () => {
      const own = stdioEnvironment(database);
      writeFileSync(
        path.join(own['XDG_STATE_HOME'] ?? '', '.env'),
        'READ_ONLY_MODE=false\nMSSQL_APPLICATION_INTENT=x\n',
      );
      const stdio = startStdio(own);
      started.push(stdio);
      await stdio.initialize();
      const { result } = await stdio.request('tools/call', sql('CREATE TABLE dbo.Never (id int)'));
      expect(JSON.stringify(result)).toContain('READ_ONLY_VIOLATION');
    });
  });
});
