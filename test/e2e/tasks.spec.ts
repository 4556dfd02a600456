import { resultFromTaskOutcome, withTasks } from '@modelcontextprotocol/ext-tasks/client';
import type { JsonValue } from '@modelcontextprotocol/ext-tasks/core';
import { post, rpc } from '../support/conformance/wire.js';
import { HELD, type HandlesServer, type Person, startHandlesServer } from '../support/handles-server.js';
import { verifies } from '../support/verifies.js';
import { until } from '../support/until.js';

const EXTENSION = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const TASKS = { capabilities: EXTENSION };
const MISSING = { status: 400, json: { error: { code: -32021, data: { requiredCapabilities: EXTENSION } } } };

/** modelcontextprotocol/ext-tasks, specification/draft/tasks.md. */
describe('tasks', () => {
  beforeEach(() => verifies('MCP-44'));
  let server: HandlesServer;
  let ann: Person;
  beforeAll(async () => {
    server = await startHandlesServer();
    ann = await server.person();
  }, 60_000);
  beforeEach(() => server.held.lock());
  afterEach(() => server.held.release());
  afterAll(() => server.close());

  const run = (person: Person, query = HELD, options: object = TASKS) =>
    person.modern('tools/call', { name: 'execute_sql', arguments: { query } }, options);
  const get = (person: Person, taskId: string) => person.modern('tasks/get', { taskId }, TASKS);
  const begin = async (query?: string): Promise<string> => (await run(ann, query)).json.result?.['taskId'] as string;
  const ended = async (taskId: string) => {
    await until('it has ended', async () => (await get(ann, taskId)).json.result?.['status'] !== 'working');
    return (await get(ann, taskId)).json.result;
  };

  it('are declared by the server, and made only for a request that declares them', async () => {
    const { json } = await ann.modern('server/discover', {});
    expect(json.result?.['capabilities']).toMatchObject(EXTENSION);
    const task = (await run(ann)).json.result;
    expect(task).toEqual({
      resultType: 'task',
      taskId: expect.stringMatching(/^[\w-]{12}\.[\w-]{24}$/),
      status: 'working',
      statusMessage: expect.any(String),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      lastUpdatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      ttlMs: 1_200_000,
      pollIntervalMs: 5_000,
      _meta: expect.any(Object),
    });
    const plain = (await run(ann, HELD, {})).json.result;
    expect(plain).toMatchObject({ resultType: 'complete', structuredContent: { running: true } });
  });

  it('give the result that tools/call would have given, and the same through get_result', async () => {
    const taskId = await begin();
    const working = (await get(ann, taskId)).json.result;
    expect(working).toMatchObject({ resultType: 'complete', taskId, status: 'working' });
    expect(working).not.toHaveProperty('result');
    await server.held.release();
    expect(await ended(taskId)).toMatchObject({
      resultType: 'complete',
      status: 'completed',
      result: { resultType: 'complete', structuredContent: { rows: [[1], [2], [3]] } },
    });
    expect(await ann.fetch(taskId)).toMatchObject({ row_count: 3 });
  });

  it('are completed when the tool failed', async () => {
    const taskId = await begin('SELECT 1 / (id - id) AS x FROM dbo.Held');
    await server.held.release();
    const task = await ended(taskId);
    expect(task).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(task?.['result'].content[0].text).toContain('8134');
  });

  it('are cancelled on request', async () => {
    const taskId = await begin();
    const { status, json } = await ann.modern('tasks/cancel', { taskId }, TASKS);
    expect([status, json.result]).toEqual([200, { resultType: 'complete', _meta: expect.any(Object) }]);
    expect(await ended(taskId)).toMatchObject({ status: 'cancelled' });
  });

  it('acknowledge answers to questions that they never asked', async () => {
    const taskId = await begin();
    const { status, json } = await ann.modern('tasks/update', { taskId, inputResponses: { x: {} } }, TASKS);
    expect([status, json.result?.['resultType']]).toEqual([200, 'complete']);
    expect((await ann.modern('tasks/update', { taskId }, TASKS)).json.error?.code).toBe(-32602);
  });

  it('need the extension in each request, a known id, and the id in Mcp-Name', async () => {
    const taskId = await begin();
    const bob = await server.person({ user: 'bob' });
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      const params = { taskId, inputResponses: {} };
      expect(await ann.modern(method, params)).toMatchObject(MISSING);
      for (const [person, id] of [
        [ann, 'unknown'],
        [bob, taskId],
      ] as const) {
        const unknown = await person.modern(method, { ...params, taskId: id }, TASKS);
        expect(unknown.json.error?.code).toBe(-32602);
      }
      for (const name of ['another', '']) {
        const wrong = await ann.modern(method, params, { ...TASKS, headers: { 'mcp-name': name } });
        expect(wrong).toMatchObject({ status: 400, json: { error: { code: -32020 } } });
      }
    }
    expect((await get(ann, taskId)).json.result).toMatchObject({ status: 'working' });
  });

  it('are driven to their result by the official client', async () => {
    const none = (): (() => void) => () => {};
    const session = withTasks({
      endpointId: 'demo',
      taskCapabilities: { generation: 'v2', capabilities: {} },
      dispatch: async request => {
        const { method, params } = request as { method: string; params: Record<string, JsonValue> };
        const { json } = await ann.modern(method, params, TASKS);
        return json.error === undefined
          ? { kind: 'result', result: json.result as JsonValue }
          : { kind: 'error', error: json.error as never };
      },
      onServerRequest: none,
      onNotification: none,
      onInvalidated: none,
      invalidated: false,
    });
    try {
      const execution = await session.callTool('execute_sql', { query: HELD });
      expect(execution.kind).toBe('task');
      await server.held.release();
      const { outcome } = await execution.settle();
      expect(resultFromTaskOutcome(outcome)).toMatchObject({ structuredContent: { rows: [[1], [2], [3]] } });
    } finally {
      await session.close();
    }
  }, 30_000);

  it('do not exist in the revisions before', async () => {
    const headers = { 'mcp-protocol-version': '2025-11-25', ...ann.headers };
    expect((await post(server.endpoint, rpc('tasks/get', { taskId: 'x' }), headers)).json.error?.code).toBe(-32601);
  });
});
