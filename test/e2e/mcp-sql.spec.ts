import { OpenStream } from '../support/conformance/open-stream.js';
import { legacy, messagesOf, modern, post, rpc } from '../support/conformance/wire.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { verifies } from '../support/verifies.js';

const B = { 'mcp-protocol-version': '2025-06-18' };
const JSON_POST = { ...B, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
/** A statement that runs for hours. */
const SLOW = `SELECT COUNT_BIG(*) AS n FROM sys.all_columns a CROSS JOIN sys.all_columns b
  CROSS JOIN sys.all_columns c CROSS JOIN sys.all_columns d WHERE a.name + b.name = c.name + d.name + 'x'`;

describe('the protocol in front of a database', () => {
  let server: StartedServer;
  /** On the same database, with one connection. */
  let other: StartedServer;
  let url: string;
  let single: string;
  beforeAll(async () => {
    server = await startServer({ env: NO_SIGN_IN });
    other = await startServer({
      database: server.database,
      env: { ...NO_SIGN_IN, POOL_MAX: '1', QUERY_TIMEOUT_MS: '600000' },
    });
    url = `${server.url}/demo/sse`;
    single = `${other.url}/demo/sse`;
  }, 60_000);
  afterAll(async () => {
    await other.close();
    await server.close();
  });

  const run = (query: string, more: object = {}) => ({ name: 'execute_sql', arguments: { query, ...more } });

  it('calls a tool in every revision', async () => {
    for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
      const { json } = await legacy(url, revision, 'tools/call', run('SELECT 6 * 7 AS answer'));
      expect(json.result?.['structuredContent']).toMatchObject({ rows: [[42]] });
    }
    const { json } = await modern(url, 'tools/call', run('SELECT 6 * 7 AS answer'));
    expect(json.result).toMatchObject({ resultType: 'complete', structuredContent: { rows: [[42]] } });
  });

  it('reads the schema and each of its tables as resources', async () => {
    verifies('MCP-42');
    const read = async (uri: string) => {
      const { json, text } = await legacy(url, '2025-06-18', 'resources/read', { uri });
      if (json.result === undefined) throw new Error(text);
      return JSON.parse(json.result['contents'][0].text as string) as Record<string, unknown>;
    };
    const { tables } = (await read('mssql://database/schema')) as { tables?: { name: string; uri: string }[] };
    expect(tables?.length).toBeGreaterThan(5);
    for (const { name, uri } of tables ?? []) {
      expect(await read(uri)).toMatchObject({ table: name, columns: expect.any(Array) });
    }
  });

  it('reports the rows read so far', async () => {
    verifies('MCP-38');
    const query = 'SELECT TOP (50000) a.object_id FROM sys.all_columns a CROSS JOIN sys.all_columns b';
    const call = rpc('tools/call', { ...run(query, { max_rows: 50_000 }), _meta: { progressToken: 'rows' } });
    const reply = await post(url, call, B);
    const progress = messagesOf(reply)
      .filter(({ method }) => method === 'notifications/progress')
      .map(({ params }) => params.progress as number);
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  });

  it.each(['a notification', 'a closed connection'])(
    'stops the SQL after %s, and the connection is free again',
    async how => {
      verifies('MCP-39');
      const stream = await OpenStream.open(single, JSON_POST, JSON.stringify(rpc('tools/call', run(SLOW), 'slow')));
      // The reply has become a stream, so the statement has run for two seconds.
      expect(stream.headers['content-type']).toBe('text/event-stream');
      if (how === 'a closed connection') stream.close();
      else {
        const params = { requestId: 'slow' };
        await post(single, { jsonrpc: '2.0', method: 'notifications/cancelled', params }, B);
        await stream.end();
      }
      // The tenant has one connection, and the statement would hold it for hours.
      const { json } = await post(single, rpc('tools/call', run('SELECT 1 AS one')), B);
      expect(json.result?.['structuredContent']).toMatchObject({ rows: [[1]] });
      expect(stream.messages).toEqual([]);
    },
    20_000,
  );
});
