import { JSONRPCErrorResponseSchema } from '@modelcontextprotocol/core';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { legacy, modern, modernRequest, post, postRaw, rpc, send } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

const B = { 'mcp-protocol-version': '2025-06-18' };
const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

describe('bad input', () => {
  let server: FixtureServer;
  let url: string;
  beforeAll(async () => {
    server = await startFixtureServer();
    url = server.url;
  });
  afterAll(() => server.close());

  it.each([
    ['incomplete JSON', '{"jsonrpc": "2.0", "id": 1, '],
    ['an empty body', ''],
    ['two values', '{}{}'],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]),
    ],
    [
      'a lone surrogate half in UTF-8',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')]),
    ],
  ])('answers -32700 and 400 to %s', async (_name, body) => {
    verifies('MCP-25');
    const reply = await postRaw(url, body, B);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual({ jsonrpc: '2.0', error: { code: -32700, message: expect.any(String) } });
    expect(JSONRPCErrorResponseSchema.safeParse(reply.json).success).toBe(true);
  });

  it.each([
    ['a number', 42, undefined],
    ['null', null, undefined],
    ['a wrong version', { jsonrpc: '1.0', id: 1, method: 'ping' }, 1],
    ['no version', { id: 1, method: 'ping' }, 1],
    ['a null id', { jsonrpc: '2.0', id: null, method: 'ping' }, undefined],
    ['a fractional id', { jsonrpc: '2.0', id: 1.5, method: 'ping' }, undefined],
    ['an object as id', { jsonrpc: '2.0', id: {}, method: 'ping' }, undefined],
    ['a method that is not a string', { jsonrpc: '2.0', id: 1, method: 7 }, 1],
    ['params that are a list', { jsonrpc: '2.0', id: 'a', method: 'ping', params: [] }, 'a'],
    ['neither method nor result', { jsonrpc: '2.0', id: 3 }, 3],
    ['result and error at once', { jsonrpc: '2.0', id: 3, result: {}, error: { code: 1, message: 'x' } }, 3],
    ['an error without a code', { jsonrpc: '2.0', id: 3, error: { message: 'x' } }, 3],
  ])('answers -32600 and 400 to %s', async (_name, message, id) => {
    verifies('MCP-24', 'MCP-25');
    const reply = await post(url, message, B);
    expect(reply.status).toBe(400);
    expect(reply.json.id).toBe(id);
    expect(reply.json).toMatchObject({ error: { code: -32600 } });
    // The official clients parse errors with this schema, which does not allow an id that is null.
    expect(JSONRPCErrorResponseSchema.safeParse(reply.json).success).toBe(true);
  });

  it('responds with the id of the request, whether it is an integer or a string', async () => {
    verifies('MCP-24');
    for (const id of [0, -5, 9007199254740991, '', 'ü "quoted"']) {
      expect((await post(url, rpc('ping', {}, id), B)).json).toEqual({ jsonrpc: '2.0', id, result: {} });
    }
  });

  it('refuses JSON with 10,000 levels, and continues to respond', async () => {
    const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}}`;
    expect(await postRaw(url, deep, B)).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
    expect((await post(url, rpc('ping'), B)).status).toBe(200);
  });

  it('does not count brackets inside strings', async () => {
    const message = rpc('tools/call', { name: 'test_simple_text', arguments: { unknown: `\\"${'['.repeat(500)}` } });
    expect((await post(url, message, B)).json.error?.code).toBe(-32602);
  });

  it.each(['"__proto__"', '"__\\u0070roto__"'])('refuses the key %s anywhere', async key => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":[{${key}:{"admin":true}}]}}}`;
    expect(await postRaw(url, body, B)).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('refuses a body over 1 MB, both by its Content-Length and while it is read', async () => {
    const body = JSON.stringify(
      rpc('tools/call', { name: 'test_simple_text', arguments: { a: 'x'.repeat(1_000_000) } }),
    );
    const known = await postRaw(url, body, B);
    expect(known).toMatchObject({ status: 413, json: { error: { code: -32600 } }, headers: { connection: 'close' } });
    const chunked = await postRaw(url, body, { ...B, 'transfer-encoding': 'chunked' });
    expect(chunked.status).toBe(413);
  });

  it('accepts a body just under 1 MB', async () => {
    const message = rpc('completion/complete', {
      ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
      argument: { name: 'arg1', value: 'x'.repeat(900_000) },
    });
    expect((await post(url, message, B)).json.result).toMatchObject({ completion: { values: [] } });
  });

  it('refuses another media type and an encoded body', async () => {
    expect((await postRaw(url, '{}', { ...B, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await postRaw(url, '{}', { ...B, 'content-encoding': 'gzip' })).status).toBe(415);
    const named = { ...B, 'content-type': 'application/json; charset=utf-8' };
    expect((await postRaw(url, JSON.stringify(rpc('ping')), named)).status).toBe(200);
  });

  it('answers a batch in 2025-03-26, and without a version header', async () => {
    verifies('MCP-5');
    const batch = [
      rpc('ping', {}, 1),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      rpc('nothing/here', {}, 'two'),
      { jsonrpc: '2.0', id: null, method: 'ping' },
      rpc('initialize', {}, 4),
      rpc('tools/call', { name: 'test_wait', arguments: { ms: 20 } }, 5),
    ];
    for (const headers of [{}, { 'mcp-protocol-version': '2025-03-26' }]) {
      const reply = await post(url, batch, headers);
      expect(reply.status).toBe(200);
      const answers = JSON.parse(reply.text) as { id: unknown; error?: { code: number } }[];
      const codeOf = (id: unknown) => answers.find(answer => answer.id === id)?.error?.code;
      expect(answers.map(answer => answer.id)).toHaveLength(5);
      expect([codeOf(1), codeOf('two'), codeOf(undefined), codeOf(4), codeOf(5)]).toEqual([
        undefined,
        -32601,
        -32600,
        -32600,
        undefined,
      ]);
    }
  });

  it('answers 202 to a batch of notifications, and 400 to an empty or a huge one', async () => {
    verifies('MCP-5');
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await post(url, [notification, notification])).toMatchObject({ status: 202, text: '' });
    expect(await post(url, [])).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
    expect(
      await post(
        url,
        Array.from({ length: 21 }, () => rpc('ping')),
      ),
    ).toMatchObject({ status: 400 });
  });

  it.each(['2024-11-05', '2025-06-18', '2025-11-25', '2026-07-28'])('refuses a batch in %s', async revision => {
    verifies('MCP-5');
    const reply = await post(url, [rpc('ping')], { 'mcp-protocol-version': revision });
    expect(reply).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
  });

  it.each(LEGACY)('answers an unknown method with -32601 and status 200 in %s', async revision => {
    verifies('MCP-11', 'MCP-23');
    for (const method of ['nothing/here', 'server/discover', 'subscriptions/listen', 'toString', 'tasks/get']) {
      expect(await legacy(url, revision, method)).toMatchObject({ status: 200, json: { error: { code: -32601 } } });
    }
  });

  it('answers an unknown or removed method with -32601 and status 404 in 2026-07-28', async () => {
    verifies('MCP-11', 'MCP-16');
    for (const method of [
      'nothing/here',
      'ping',
      'initialize',
      'logging/setLevel',
      'resources/subscribe',
      'resources/unsubscribe',
      'tasks/get',
    ]) {
      expect(await modern(url, method)).toMatchObject({ status: 404, json: { error: { code: -32601 } } });
    }
  });

  it('refuses an unknown version header and names the supported versions', async () => {
    verifies('MCP-9');
    for (const version of ['1999-01-01', 'latest', '2025-06-18, 2025-06-18']) {
      const reply = await post(url, rpc('ping'), { 'mcp-protocol-version': version });
      expect(reply).toMatchObject({
        status: 400,
        json: { id: 1, error: { code: -32022, data: { requested: version } } },
      });
      expect(reply.json.error?.data?.['supported']).toEqual(expect.arrayContaining(['2025-06-18', '2026-07-28']));
    }
  });

  it('handles a request without a version header as 2025-03-26', async () => {
    verifies('MCP-9');
    const reply = await post(url, rpc('tools/call', { name: 'test_simple_text', arguments: {} }));
    expect(reply.json.result).toMatchObject({ structuredContent: {} });
    expect((await post(url, rpc('tools/call', { name: 'test_wait', arguments: {} }))).json.error?.code).toBe(-32602);
  });

  it('refuses headers that contradict the message', async () => {
    verifies('MCP-9', 'MCP-10');
    const call = (headers: Readonly<Record<string, string | undefined>>) =>
      modern(url, 'tools/call', { name: 'test_simple_text', arguments: {} }, { headers });
    for (const headers of [
      { 'mcp-protocol-version': '' },
      { 'mcp-protocol-version': '2025-11-25' },
      { 'mcp-method': '' },
      { 'mcp-method': 'tools/list' },
      { 'mcp-method': 'TOOLS/CALL' },
      { 'mcp-name': '' },
      { 'mcp-name': 'test_image_content' },
      { 'mcp-name': '=?base64?dGVzdF9pbWFnZV9jb250ZW50?=' },
      { 'mcp-name': '=?base64?dGVzdF9zaW1wbGVfdGV4dA?=' },
      { 'mcp-name': '=?base64?!!?=' },
      { 'mcp-name': '=?base64?w//?=' },
      { 'mcp-name': 'test_simple_text\u00e9' },
    ]) {
      expect(await call(headers)).toMatchObject({ status: 400, json: { id: 1, error: { code: -32020 } } });
    }
    for (const headers of [
      { 'mcp-name': ' test_simple_text ' },
      { 'mcp-name': '=?base64?dGVzdF9zaW1wbGVfdGV4dA==?=' },
      { 'MCP-METHOD': 'tools/call', 'mcp-method': '' },
    ]) {
      expect((await call(headers)).json.result).toMatchObject({ resultType: 'complete' });
    }
  });

  it('compares Mcp-Param headers with the arguments that they repeat', async () => {
    verifies('MCP-10');
    const call = (header: string, region: string | undefined = 'Düne') =>
      modern(
        url,
        'tools/call',
        { name: 'test_header_parameter', arguments: { region } },
        { headers: { 'mcp-param-region': header } },
      );
    expect((await call('=?base64?RMO8bmU=?=')).json.result).toBeDefined();
    expect((await call('west', 'west')).json.result).toBeDefined();
    for (const reply of [await call('', 'west'), await call('east', 'west'), await call('west', undefined as never)]) {
      expect(reply).toMatchObject({ status: 400, json: { error: { code: -32020 } } });
    }
  });

  it('compares Mcp-Param headers also with nested arguments, and numbers by their value', async () => {
    verifies('MCP-10');
    const target = { region: 'west', shard: 42 };
    const call = (region: string, shard: string, args: object = { target }) =>
      modern(
        url,
        'tools/call',
        { name: 'test_nested_header_parameter', arguments: args },
        { headers: { 'mcp-param-region': region, 'mcp-param-shard': shard } },
      );
    for (const shard of ['42', '42.0']) expect((await call('west', shard)).json.result).toBeDefined();
    expect((await call('', '', {})).json.result).toBeDefined();
    for (const reply of [
      await call('east', '42'),
      await call('', '42'),
      await call('west', '43'),
      await call('west', '0x2a'),
      await call('west', ''),
      await call('west', '', {}),
    ]) {
      expect(reply).toMatchObject({ status: 400, json: { error: { code: -32020 } } });
    }
  });

  it('refuses a request whose _meta lacks a required key', async () => {
    verifies('MCP-18');
    for (const key of ['protocolVersion', 'clientCapabilities']) {
      const { body, headers } = modernRequest('tools/list');
      delete (body as { params: { _meta: Record<string, unknown> } }).params._meta[`io.modelcontextprotocol/${key}`];
      expect(await post(url, body, headers)).toMatchObject({ status: 400, json: { error: { code: -32602 } } });
    }
    const withoutMeta = await post(url, rpc('tools/list'), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    });
    expect(withoutMeta).toMatchObject({ status: 400, json: { error: { code: -32602 } } });
  });

  it.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/*', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['text/*;q=0.5', 'text/event-stream'],
    ['text/event-stream, application/json;q=0', 'text/event-stream'],
    ['application/json, text/event-stream', 'application/json'],
  ])('answers a POST that accepts "%s" with %s', async (accept, type) => {
    verifies('MCP-4');
    const reply = await post(url, rpc('ping'), { ...B, accept });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe(type);
  });

  it.each(['text/html', 'application/xml, image/*', '*/*;q=0'])(
    'refuses a POST that accepts only "%s"',
    async accept => {
      expect(await post(url, rpc('ping'), { ...B, accept })).toMatchObject({
        status: 406,
        json: { error: { code: -32600 } },
      });
    },
  );

  it.each(['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s from a page of another origin', async method => {
    verifies('MCP-2');
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'https://claude.ai.evil.example',
    ]) {
      const reply = await send(url, method, { origin, 'content-type': 'application/json' });
      expect(reply.status).toBe(403);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('serves pages of allowed origins, with the headers that they may read', async () => {
    verifies('MCP-2');
    for (const origin of ['https://claude.ai', 'http://localhost:6274', 'http://127.0.0.1:9', 'http://[::1]:8080']) {
      const reply = await post(url, rpc('ping'), { ...B, origin });
      expect(reply.status).toBe(200);
      expect(reply.headers['access-control-allow-origin']).toBe(origin);
      expect(reply.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
      expect(reply.headers.vary).toContain('Origin');
    }
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', 'a b'])(
    'refuses the Host %s',
    async host => {
      verifies('MCP-2');
      expect((await post(url, rpc('ping'), { ...B, host })).status).toBe(403);
    },
  );

  it('shows no stack trace and no file names in an error', async () => {
    verifies('MCP-25');
    const replies = await Promise.all([
      postRaw(url, '{', B),
      post(url, rpc('tools/call', { name: 'nothing' }), B),
      send(`${server.origin}/demo/nothing`, 'GET', {}),
    ]);
    for (const { text } of replies) expect(text).not.toMatch(/\\n\s+at |node_modules|\.[jt]s:\d/);
  });
});
