import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest, post, rpc } from '../support/conformance/wire.js';

const REVISION = { 'mcp-protocol-version': '2025-06-18' };
const METHODS = [
  ...['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'],
  ...['tools/list', 'tools/call', 'resources/list', 'resources/templates/list', 'resources/read'],
  ...['prompts/list', 'prompts/get', 'completion/complete', 'nothing/here'],
];
const NEED_NOTHING = new Set([...['ping', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list']]);

describe('null in place of an object', () => {
  let server: FixtureServer;
  let url: string;
  beforeAll(async () => {
    server = await startFixtureServer();
    url = server.url;
  });
  afterAll(() => server.close());

  const withNull = (method: string) => ({ jsonrpc: '2.0', id: 1, method, params: null });

  it.each(METHODS)('is as if params were left out: %s', async method => {
    const leftOut = await post(url, rpc(method), REVISION);
    const reply = await post(url, withNull(method), REVISION);
    expect([reply.status, reply.json]).toEqual([leftOut.status, leftOut.json]);
    if (NEED_NOTHING.has(method)) expect(reply.json.result).toBeDefined();
  });

  it('is as if params were left out in the newest revision, which needs them', async () => {
    const { headers } = modernRequest('tools/list');
    const leftOut = await post(url, rpc('tools/list'), headers);
    const reply = await post(url, withNull('tools/list'), headers);
    expect([reply.status, reply.json]).toEqual([leftOut.status, leftOut.json]);
  });

  it('is as if params were left out in a notification and in a batch', async () => {
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized', params: null };
    expect((await post(url, notification, REVISION)).status).toBe(202);
    const batch = [notification, withNull('ping')];
    const reply = await post(url, batch, { 'mcp-protocol-version': '2025-03-26' });
    expect(JSON.parse(reply.text)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('is as if params were left out on the 2024-11-05 transport', async () => {
    const stream = await OpenStream.open(url, { accept: 'text/event-stream' });
    try {
      const back = new URL(await stream.event('endpoint'), url).href;
      expect((await post(back, withNull('tools/list'))).status).toBe(202);
      const { result } = await stream.message(({ id }) => id === 1);
      expect(result.tools.length).toBeGreaterThan(0);
    } finally {
      stream.close();
    }
  });

  it('is as if arguments were left out, of a tool and of a prompt', async () => {
    const tool = await post(url, rpc('tools/call', { name: 'test_simple_text', arguments: null }), REVISION);
    expect(tool.json.result).toMatchObject({ content: [{ type: 'text' }] });
    const prompt = await post(url, rpc('prompts/get', { name: 'explore_database', arguments: null }), REVISION);
    expect(prompt.json.result?.['messages']).toHaveLength(1);
  });

  it.each([[[]], ['text'], [7], [true]])('is the only such value: %j is refused', async value => {
    const params = await post(url, { ...withNull('tools/list'), params: value }, REVISION);
    expect([params.status, params.json.error?.code]).toEqual([400, -32600]);
    for (const [method, name] of [
      ['tools/call', 'test_simple_text'],
      ['prompts/get', 'explore_database'],
    ] as const) {
      const reply = await post(url, rpc(method, { name, arguments: value }), REVISION);
      expect(reply.json.error?.code).toBe(-32602);
    }
  });
});
