import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { RunningStatements } from '../support/running-statements.js';
import { stdioCommand, stdioEnvironment } from '../support/stdio-process.js';

/** A statement that runs for hours. */
const SLOW = `SELECT COUNT_BIG(*) AS n FROM sys.all_columns a CROSS JOIN sys.all_columns b
  CROSS JOIN sys.all_columns c CROSS JOIN sys.all_columns d WHERE a.name + b.name = c.name + d.name + 'x'`;
const sql = (query: string, more: object = {}) => ({ name: 'execute_sql', arguments: { query, ...more } });

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { progress: number }) => void;
}

/** What the tests need of a client, whichever SDK it is from. */
interface TestClient {
  /** The process that it started. */
  readonly pid: number | null;
  listTools(): Promise<{ tools: { name: string }[] }>;
  call(params: ReturnType<typeof sql>, options?: CallOptions): Promise<Record<string, unknown>>;
  ping(): Promise<unknown>;
  close(): Promise<void>;
  /** The questions that it was asked, and what it answers. */
  readonly asked: string[];
  accepts: boolean;
  readonly errors: unknown[];
}

type Connect = (env: Record<string, string>) => Promise<TestClient>;

const connectFirst: Connect = async env => {
  const asked: string[] = [];
  const errors: unknown[] = [];
  const client = new Client({ name: 'sdk', version: '1' }, { capabilities: { elicitation: {} } });
  const transport = new StdioClientTransport({ ...stdioCommand(), env, stderr: 'ignore' });
  client.onerror = error => errors.push(error);
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked.push(params.message);
    return test.accepts ? { action: 'accept', content: { confirm: true } } : { action: 'decline' };
  });
  await client.connect(transport);
  const test: TestClient = {
    pid: transport.pid,
    asked,
    errors,
    accepts: true,
    listTools: () => client.listTools(),
    call: async (params, options = {}) => client.callTool(params, undefined, options),
    ping: () => client.ping(),
    close: () => client.close(),
  };
  return test;
};

const connectSecond =
  (mode: 'auto' | 'legacy'): Connect =>
  async env => {
    const asked: string[] = [];
    const errors: unknown[] = [];
    const client = new ModernClient(
      { name: 'sdk', version: '2' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
    );
    const transport = new ModernTransport({ ...stdioCommand(), env, stderr: 'ignore' });
    client.onerror = error => errors.push(error);
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return test.accepts ? { action: 'accept', content: { confirm: true } } : { action: 'decline' };
    });
    await client.connect(transport);
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === 'auto' ? '2026-07-28' : '2025-11-25');
    const test: TestClient = {
      pid: transport.pid,
      asked,
      errors,
      accepts: true,
      listTools: () => client.listTools(),
      call: async (params, options = {}) => client.callTool(params, options),
      ping: () => (mode === 'auto' ? client.listPrompts() : client.ping()),
      close: () => client.close(),
    };
    return test;
  };

/** So that a result of 50,000 rows is whole, and reports progress many times. */
const LIMITS = { MAX_ROWS: '50000', MAX_RESULT_BYTES: '1000000', QUERY_TIMEOUT_MS: '600000' };
const LATE_PROGRESS = /progress notification for an unknown token/;

describe.each<readonly [string, Connect]>([
  ['@modelcontextprotocol/sdk 1.x', connectFirst],
  ['@modelcontextprotocol/client 2.x in 2025-11-25', connectSecond('legacy')],
  ['@modelcontextprotocol/client 2.x in 2026-07-28', connectSecond('auto')],
])('over stdio, %s', (_name, connect) => {
  let database: TestDatabase;
  let running: RunningStatements;
  let client: TestClient;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    await database.execute(
      'CREATE TABLE dbo.Words (id int NOT NULL PRIMARY KEY); INSERT INTO dbo.Words VALUES (1), (2)',
    );
    running = await RunningStatements.open(database);
    client = await connect({ ...stdioEnvironment(database), ...LIMITS, READ_ONLY_MODE: 'false' });
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await running?.close();
    await database?.close();
  });
  // Client 2.x hands notifications on later than responses, so it no longer knows the token of a progress notification
  // that arrives together with the response.
  afterEach(() => expect(client.errors.filter(error => !LATE_PROGRESS.test(String(error)))).toEqual([]));

  it('lists and calls tools', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['list_tables', 'execute_sql', 'query_sql']));
    const { structuredContent } = await client.call(sql("SELECT CAST('12345678901234567.89' AS decimal(19,2)) AS d"));
    expect(structuredContent).toMatchObject({ rows: [['12345678901234567.89']] });
  });

  it('gets progress', async () => {
    const progress: number[] = [];
    const query = 'SELECT TOP (50000) a.object_id FROM sys.all_columns a CROSS JOIN sys.all_columns b';
    await client.call(
      { ...sql(query, { max_rows: 50_000 }), name: 'query_sql' },
      {
        onprogress: ({ progress: done }) => progress.push(done),
      },
    );
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  });

  it('cancels a call, and its statement ends in the database', async () => {
    const abort = new AbortController();
    const call = client.call({ ...sql(SLOW), name: 'query_sql' }, { signal: abort.signal });
    await running.count(1);
    abort.abort('enough');
    await expect(call).rejects.toThrow('enough');
    await running.count(0);
    await client.ping();
  });

  it('asks the person to confirm a change, and makes only what they confirmed', async () => {
    client.accepts = false;
    const declined = await client.call(sql('DELETE FROM dbo.Words WHERE id = 1'));
    expect(JSON.stringify(declined)).toContain('CANCELLED');
    client.accepts = true;
    const accepted = await client.call(sql('DELETE FROM dbo.Words WHERE id = 2'));
    expect(accepted.structuredContent).toMatchObject({ affected_rows: 1 });
    expect(client.asked).toHaveLength(2);
    const left = await client.call({ ...sql('SELECT id FROM dbo.Words'), name: 'query_sql' });
    expect(left.structuredContent).toMatchObject({ rows: [[1]] });
  });

  it('answers several calls that run at once', async () => {
    const slow = new AbortController();
    const pending = client.call({ ...sql(SLOW), name: 'query_sql' }, { signal: slow.signal }).catch(() => 'cancelled');
    await running.count(1);
    const { structuredContent } = await client.call({ ...sql('SELECT 1 AS one'), name: 'query_sql' });
    expect(structuredContent).toMatchObject({ rows: [[1]] });
    slow.abort();
    expect(await pending).toBe('cancelled');
  });

  it('ends the server and what it is running when it closes', async () => {
    const own = await connect(stdioEnvironment(database));
    const { pid } = own;
    const call = own.call(sql(SLOW)).catch(() => 'closed');
    await running.count(1);
    await own.close();
    expect(await call).toBe('closed');
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
    await running.count(0);
  });
});
