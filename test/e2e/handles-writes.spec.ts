import { OpenStream } from '../support/conformance/open-stream.js';
import { post, rpc } from '../support/conformance/wire.js';
import { type HandlesServer, type Person, startHandlesServer } from '../support/handles-server.js';

const JSON_POST = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};
/** The change itself waits for the locked table; its first run, which counts the rows, must not. */
const INSERT = 'INSERT INTO dbo.Log (id) SELECT id FROM dbo.Held';

describe('a change that takes longer than the client waits', () => {
  let server: HandlesServer;
  let ann: Person;
  beforeAll(async () => {
    server = await startHandlesServer({ env: { READ_ONLY_MODE: 'false', CONFIRM_WRITES: 'when_possible' } });
    await server.database.execute('CREATE TABLE dbo.Log (id int NOT NULL)');
    ann = await server.person({ scope: 'sql:write' });
  }, 60_000);
  afterEach(async () => {
    await server.held.release();
    await server.database.execute('DELETE FROM dbo.Log');
  });
  afterAll(() => server.close());

  const logged = async () => (await ann.result('SELECT COUNT(*) AS n FROM dbo.Log'))['rows'][0][0] as number;

  it('is one of the tools that say so in their output', async () => {
    const { json } = await ann.modern('tools/list', {});
    const tools = json.result?.['tools'] as { name: string; outputSchema: object }[];
    const long = tools.filter(({ outputSchema }) => JSON.stringify(outputSchema).includes('rows_so_far'));
    expect(long.map(({ name }) => name)).toEqual([
      'analyze_trends',
      'execute_sql',
      'explain_query',
      'get_result',
      'get_table_sample',
      'query_sql',
    ]);
  });

  it('is made after its caller got the handle, once, and committed', async () => {
    await server.held.lock();
    const { handle } = await ann.call('execute_sql', { query: INSERT });
    await server.held.release();
    for (let fetched = 0; fetched < 2; fetched += 1) {
      expect(await ann.fetch(handle)).toEqual({ affected_rows: 3, operation: 'success' });
    }
    expect(await logged()).toBe(3);
  });

  it('is rolled back when its handle is cancelled', async () => {
    await server.held.lock();
    const { handle } = await ann.call('execute_sql', { query: INSERT });
    expect(await ann.call('get_result', { handle, cancel: true })).toEqual({ handle, cancelled: true });
    await server.held.release();
    expect(await logged()).toBe(0);
  });

  it('is confirmed by the person before there is a handle, however long they take', async () => {
    const headers = { ...JSON_POST, ...ann.headers, 'user-agent': 'asks' };
    const initialize = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } };
    await post(server.endpoint, rpc('initialize', initialize), headers);
    const body = JSON.stringify(rpc('tools/call', { name: 'execute_sql', arguments: { query: INSERT } }));
    const stream = await OpenStream.open(server.endpoint, headers, body);
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect(question['params'].message).toContain('3 rows');
    // A whole call takes longer than ANSWER_WITHIN, and there is no handle meanwhile.
    await server.held.lock();
    expect(await ann.call('execute_sql', { query: 'SELECT id FROM dbo.Held' })).toMatchObject({ running: true });
    expect(stream.messages.some(({ id }) => id === 1)).toBe(false);
    const result = { action: 'accept', content: { confirm: true } };
    await post(server.endpoint, { jsonrpc: '2.0', id: question['id'], result }, headers);
    const answer = await stream.message(({ id }) => id === 1);
    const { handle } = answer['result'].structuredContent as { handle: string };
    expect(handle).toEqual(expect.any(String));
    await server.held.release();
    expect(await ann.fetch(handle)).toEqual({ affected_rows: 3, operation: 'success' });
  });
});
