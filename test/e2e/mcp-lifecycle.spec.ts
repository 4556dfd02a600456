import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { legacy, messagesOf, modern, post, postRaw, rpc, send } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const SERVER_INFO = {
  name: 'MSSQL MCP Server',
  title: 'none (demo)',
  version: expect.stringMatching(/^2\./) as string,
};

/** What the first answer says of the server: its icon lies below the tenant. */
const described = (url: string) => ({
  ...SERVER_INFO,
  icons: [{ src: url.replace(/sse$/, 'favicon.svg'), mimeType: 'image/svg+xml', sizes: ['any'] }],
});

function initialize(protocolVersion: unknown, more: object = {}): object {
  return rpc('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' }, ...more });
}

describe('the endpoint', () => {
  let server: FixtureServer;
  let url: string;
  beforeAll(async () => {
    server = await startFixtureServer();
    url = server.url;
  });
  afterAll(() => server.close());

  it('is the same under /sse and /mcp', async () => {
    verifies('MCP-1');
    const mcp = `${server.origin}/demo/mcp`;
    expect((await post(mcp, rpc('tools/list'))).text).toBe((await post(url, rpc('tools/list'))).text);
    expect((await send(mcp, 'HEAD', {})).status).toBe(200);
  });

  it('replies to notifications and responses with 202 and an empty body', async () => {
    verifies('MCP-3');
    for (const message of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/roots/list_changed', params: {} },
      { jsonrpc: '2.0', method: 'notifications/unheard-of' },
      { jsonrpc: '2.0', id: 'unknown', result: {} },
      { jsonrpc: '2.0', id: 7, error: { code: -1, message: 'no' } },
    ]) {
      for (const revision of LEGACY) {
        expect(await post(url, message, { 'mcp-protocol-version': revision })).toMatchObject({ status: 202, text: '' });
      }
    }
  });

  it('refuses a response in 2026-07-28', async () => {
    verifies('MCP-3');
    const reply = await post(url, { jsonrpc: '2.0', id: 'x', result: {} }, { 'mcp-protocol-version': '2026-07-28' });
    expect(reply).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
  });

  it('never makes or requires a session, and ignores the session id of another server', async () => {
    verifies('MCP-8');
    const headers = { 'mcp-session-id': 'from-another-server', 'mcp-protocol-version': '2025-06-18' };
    const first = await post(url, initialize('2025-06-18'));
    expect(first.headers['mcp-session-id']).toBeUndefined();
    expect((await post(url, rpc('ping'), headers)).status).toBe(200);
    expect((await send(url, 'DELETE', headers)).status).toBe(204);
    expect((await post(url, rpc('ping'), headers)).status).toBe(200);
  });

  it('has neither GET nor DELETE in 2026-07-28', async () => {
    verifies('MCP-1');
    for (const method of ['GET', 'DELETE']) {
      const reply = await send(url, method, { 'mcp-protocol-version': '2026-07-28', accept: 'text/event-stream' });
      expect(reply.status).toBe(405);
      expect(reply.headers.allow).toBe('POST, HEAD, OPTIONS');
    }
  });

  it('replies to a hundred HEAD requests with the headers of a stream and opens none', async () => {
    verifies('MCP-1', 'MCP-12');
    const replies = await Promise.all(Array.from({ length: 100 }, () => send(url, 'HEAD', {})));
    for (const { status, headers } of replies) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      });
    }
    const connections = await new Promise<number>((resolve, reject) =>
      server.app
        .getHttpServer()
        .getConnections((error: Error | null, count: number) => (error ? reject(error) : resolve(count))),
    );
    expect(connections).toBeLessThan(100);
  });

  it('answers a preflight without a token', async () => {
    const reply = await send(url, 'OPTIONS', {
      origin: 'https://claude.ai',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, mcp-param-region, x-evil',
    });
    expect(reply.status).toBe(204);
    expect(reply.headers['access-control-allow-methods']).toBe('GET, POST, DELETE, HEAD, OPTIONS');
    expect(reply.headers['access-control-allow-headers']).toMatch(/Authorization.*Mcp-Name, mcp-param-region$/);
  });

  it.each(LEGACY)('negotiates %s when the client requests it', async revision => {
    verifies('MCP-14');
    const { json, status } = await post(url, initialize(revision));
    expect(status).toBe(200);
    expect(json.result).toMatchObject({ protocolVersion: revision });
    expect(json.result?.['serverInfo']).toEqual(described(url));
  });

  it.each(['1999-01-01', '2026-07-28', '2099-01-01'])(
    'offers its newest revision with a handshake to a client that requests %s',
    async revision => {
      verifies('MCP-14');
      expect((await post(url, initialize(revision))).json.result?.['protocolVersion']).toBe('2025-11-25');
    },
  );

  it('accepts initialize with the header of a newer version, and with Accept */*', async () => {
    verifies('MCP-14');
    const headers = { 'mcp-protocol-version': '2026-07-28', accept: '*/*' };
    expect((await post(url, initialize('2025-11-25'), headers)).json.result?.['protocolVersion']).toBe('2025-11-25');
  });

  it('refuses initialize without a version, or with capabilities that are not an object', async () => {
    expect((await post(url, initialize(undefined))).json.error?.code).toBe(-32602);
    expect((await post(url, initialize('2025-06-18', { capabilities: 'all' }))).json.error?.code).toBe(-32602);
  });

  it('refuses initialize in 2026-07-28, where server/discover names its versions', async () => {
    verifies('MCP-22');
    const reply = await modern(url, 'initialize', { protocolVersion: '2026-07-28' });
    expect(reply.status).toBe(404);
    const discovered = await modern(url, 'server/discover');
    expect(discovered.json.result?.['supportedVersions']).toContain('2025-06-18');
  });

  it('needs no notifications/initialized, and sends no message before the response', async () => {
    verifies('MCP-15', 'MCP-21');
    const reply = await postRaw(url, JSON.stringify(initialize('2025-06-18')), { accept: 'text/event-stream' });
    expect(messagesOf(reply).map(message => Object.keys(message))).toEqual([['jsonrpc', 'id', 'result']]);
    expect((await legacy(url, '2025-06-18', 'tools/list')).json.result?.['tools']).toBeDefined();
  });

  it.each(LEGACY)('answers ping with {} in %s', async revision => {
    verifies('MCP-16');
    expect((await legacy(url, revision, 'ping')).json.result).toEqual({});
  });

  it('declares the capabilities that it has, and no others', async () => {
    verifies('MCP-23', 'MCP-32', 'MCP-44');
    const declared = { completions: {}, logging: {}, prompts: {}, resources: { subscribe: true }, tools: {} };
    expect((await post(url, initialize('2025-11-25'))).json.result?.['capabilities']).toEqual(declared);
    expect((await modern(url, 'server/discover')).json.result?.['capabilities']).toEqual(declared);
  });

  it('answers server/discover in 2026-07-28', async () => {
    verifies('MCP-17');
    const { json } = await modern(url, 'server/discover');
    expect(json.result).toMatchObject({
      resultType: 'complete',
      ttlMs: expect.any(Number),
      cacheScope: 'private',
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      instructions: expect.stringContaining('can only be read'),
      _meta: { 'io.modelcontextprotocol/serverInfo': described(url) },
    });
  });

  it('serves a request that does not say who the client is', async () => {
    verifies('MCP-18');
    const meta = { 'io.modelcontextprotocol/clientInfo': undefined };
    expect((await modern(url, 'tools/list', {}, { meta })).status).toBe(200);
  });

  it('has a result type and the name of the server in every result of 2026-07-28', async () => {
    verifies('MCP-17', 'MCP-19');
    const replies = await Promise.all([
      modern(url, 'tools/list'),
      modern(url, 'tools/call', { name: 'test_simple_text' }),
      modern(url, 'tools/call', { name: 'test_error_handling' }),
      modern(url, 'resources/read', { uri: 'test://static-text' }),
      modern(url, 'prompts/get', { name: 'test_simple_prompt' }),
      modern(url, 'completion/complete', {
        ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
        argument: { name: 'arg1', value: '' },
      }),
    ]);
    for (const { json } of replies) {
      expect(json.result).toMatchObject({
        resultType: 'complete',
        _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO },
      });
    }
  });

  it('says how long and for whom a list may be cached, but not in older revisions', async () => {
    verifies('MCP-20');
    const scopes = {
      'tools/list': 'private',
      'prompts/list': 'private',
      'resources/list': 'private',
      'resources/templates/list': 'private',
      'server/discover': 'private',
    };
    for (const [method, cacheScope] of Object.entries(scopes)) {
      const { result } = (await modern(url, method)).json;
      expect(result).toMatchObject({ cacheScope });
      expect(Number.isInteger(result?.['ttlMs']) && result?.['ttlMs'] >= 0).toBe(true);
    }
    const read = await modern(url, 'resources/read', { uri: 'test://static-text' });
    expect(read.json.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
    const old = (await legacy(url, '2025-11-25', 'tools/list')).json.result;
    expect(Object.keys(old ?? {})).toEqual(['tools']);
  });

  it('returns the same list on every connection', async () => {
    verifies('MCP-21', 'MCP-34');
    const [a, b] = await Promise.all([modern(url, 'tools/list'), modern(url, 'tools/list', {}, { id: 'other' })]);
    expect(a.json.result).toEqual(b.json.result);
  });

  it('uses only the error codes of the specification', async () => {
    verifies('MCP-31');
    const known = new Set([-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]);
    const replies = await Promise.all([
      modern(url, 'nothing'),
      modern(url, 'tools/call', { name: 'nothing' }),
      modern(url, 'tools/call', {}),
      modern(url, 'resources/read', { uri: 'test://nothing' }),
      modern(url, 'prompts/get', { name: 'nothing' }),
      modern(url, 'tools/list', { cursor: 'bogus' }),
      modern(url, 'tools/call', { name: 'test_missing_capability' }),
      modern(url, 'tools/list', {}, { headers: { 'mcp-method': 'x' } }),
    ]);
    for (const { json } of replies) expect(known.has(json.error?.code ?? 0)).toBe(true);
  });
});
