import { randomBytes } from 'node:crypto';
import { ChangesService } from '../../src/mcp/cluster/changes.service.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modern, post, rpc } from '../support/conformance/wire.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';
import { verifies } from '../support/verifies.js';

const C = { 'mcp-protocol-version': '2025-11-25' };
const JSON_POST = { ...C, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describeWith('redis-server', 'two processes behind one address', () => {
  let redis: TestRedis;
  let here: FixtureServer;
  let there: FixtureServer;
  const open: OpenStream[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    const env = {
      STATE_STORE: redis.url,
      STATE_KEY: randomBytes(32).toString('base64'),
    };
    here = await startFixtureServer(env);
    there = await startFixtureServer(env);
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await redis.stop();
  });

  async function get(server: FixtureServer, headers: Readonly<Record<string, string>>): Promise<OpenStream> {
    const stream = await OpenStream.open(server.url, headers);
    open.push(stream);
    return stream;
  }

  async function call(server: FixtureServer, tool: string, args: object, id: unknown = 1): Promise<OpenStream> {
    const body = JSON.stringify(rpc('tools/call', { name: tool, arguments: args }, id));
    const stream = await OpenStream.open(server.url, JSON_POST, body);
    open.push(stream);
    return stream;
  }

  it('share the capabilities of a client, and forward its answer', async () => {
    verifies('MCP-43');
    await post(here.url, rpc('initialize', { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } }), C);
    const stream = await call(there, 'test_elicitation', { message: 'Who?' });
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    const result = { action: 'accept', content: { username: 'ada', email: 'ada@example.com' } };
    const reply = await post(here.url, { jsonrpc: '2.0', id: question['id'], result }, C);
    expect(reply).toMatchObject({ status: 202, text: '' });
    const answer = await stream.message(({ id }) => id === 1);
    expect(answer['result'].content[0].text).toContain('ada@example.com');
  });

  it('cancel a call that runs in the other process', async () => {
    verifies('MCP-39');
    // It takes longer than `until` waits, so that only the cancellation can end it.
    const slow = call(there, 'test_wait', { ms: 20_000 }, 'slow');
    let done = false;
    void slow.then(stream => stream.end()).then(() => (done = true));
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'slow' } };
    // The call may begin after the first cancellation, which is then ignored.
    await until('it is cancelled', async () => {
      await post(here.url, cancelled, C);
      return done;
    });
    expect((await slow).text).toBe('');
  });

  it('complete a call of 2026-07-28 that the other process began', async () => {
    const capabilities = { elicitation: {} };
    const params = { name: 'test_input_required_result_request_state', arguments: {} };
    const first = (await modern(here.url, 'tools/call', params, { capabilities })).json.result;
    const more = {
      ...params,
      requestState: first?.['requestState'],
      inputResponses: { confirm: { action: 'accept', content: { ok: true } } },
    };
    const second = await modern(there.url, 'tools/call', more, { capabilities });
    expect(second.json.result?.['content'][0].text).toBe('state-ok');
  });

  it('forward POSTs to each other’s 2024-11-05 streams', async () => {
    verifies('MCP-13');
    const stream = await get(there, { accept: 'text/event-stream' });
    const path = await stream.event('endpoint');
    expect(await post(here.origin + path, rpc('ping', {}, 'p'))).toMatchObject({ status: 202 });
    expect(await stream.message(({ id }) => id === 'p')).toMatchObject({ result: {} });
  });

  it('notify each other of changed resources', async () => {
    verifies('MCP-42');
    const headers = { ...C, accept: 'text/event-stream', 'user-agent': 'watcher' };
    await post(here.url, rpc('resources/subscribe', { uri: 'test://watched-resource' }), headers);
    const stream = await get(there, headers);
    await here.app.get(ChangesService).resourceUpdated('demo', 'test://watched-resource');
    await stream.message(({ method }) => method === 'notifications/resources/updated');
  });

  it('return the same pages of a list', async () => {
    verifies('MCP-21', 'MCP-37');
    const lists = await Promise.all([here, there].map(({ url }) => modern(url, 'tools/list')));
    expect(lists[0]?.text).toBe(lists[1]?.text);
  });
});
