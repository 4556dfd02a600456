import { Module } from '@nestjs/common';
import * as z from 'zod';
import { Tool } from '../../src/tools/tool.decorator.js';
import type { ToolHandler } from '../../src/tools/tool.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modern, post, rpc, send } from '../support/conformance/wire.js';
import { signIn } from '../support/oauth-login.js';
import { addUser } from '../support/oauth-server.js';
import { verifies } from '../support/verifies.js';

const NOTHING = z.strictObject({});

@Tool({
  name: 'test_write',
  title: 'Write',
  description: 'Writes nothing',
  scope: 'sql:write',
  readOnly: false,
  input: NOTHING,
  output: NOTHING,
})
class WriteTool implements ToolHandler<typeof NOTHING, typeof NOTHING> {
  async execute() {
    return {};
  }
}

@Module({ providers: [WriteTool] })
class WriteTools {}

const B = { 'mcp-protocol-version': '2025-06-18' };

describe('authorization of the endpoint', () => {
  let server: FixtureServer;
  let url: string;
  let ada: { readonly authorization: string };
  let bob: { readonly authorization: string };

  beforeAll(async () => {
    const env = { ALLOW_UNAUTH_METHODS: 'false', ALLOW_UNAUTH_TOOLS_CALL: 'false', READ_ONLY_MODE: 'false' };
    server = await startFixtureServer(env, [WriteTools]);
    url = server.url;
    const password = 'correct horse battery';
    const bearer = async (username: string) => {
      await addUser(server.usersFile, username, password);
      const { accessToken } = await signIn({
        url: server.origin,
        tenant: 'demo',
        username,
        password,
        grant: 'sql:read',
      });
      return { authorization: `Bearer ${accessToken}` };
    };
    ada = await bearer('ada');
    bob = await bearer('bob');
  });
  afterAll(() => server.close());

  it.each(['GET', 'POST', 'DELETE'])(
    'refuses %s without a token with 401 and the address of the metadata',
    async method => {
      verifies('MCP-45');
      for (const target of [url, `${server.origin}/demo/mcp`]) {
        const reply = await send(target, method, { accept: 'text/event-stream' });
        expect(reply.status).toBe(401);
        const metadata = `${server.origin}/.well-known/oauth-protected-resource${new URL(target).pathname}`;
        expect(reply.headers['www-authenticate']).toContain(`resource_metadata="${metadata}"`);
        expect(reply.headers['www-authenticate']).toContain('scope="sql:read sql:write"');
      }
    },
  );

  it('requires a token for /messages, too, and before it reads a body', async () => {
    verifies('MCP-45');
    expect((await post(`${server.origin}/demo/messages?sessionId=x`, rpc('ping'))).status).toBe(401);
    const huge = JSON.stringify(rpc('ping', { x: 'y'.repeat(2_000_000) }));
    expect((await send(url, 'POST', { 'content-type': 'application/json' }, huge)).status).toBe(401);
  });

  it('requires no token for HEAD and OPTIONS', async () => {
    verifies('MCP-45');
    expect((await send(url, 'HEAD', {})).status).toBe(200);
    expect((await send(url, 'OPTIONS', { origin: 'https://claude.ai' })).status).toBe(204);
  });

  it('lets a page read the 401', async () => {
    verifies('MCP-45');
    const { headers } = await send(url, 'POST', { origin: 'https://claude.ai' });
    expect(headers['access-control-allow-origin']).toBe('https://claude.ai');
    expect(headers['access-control-expose-headers']).toContain('WWW-Authenticate');
  });

  it('accepts a token only in the Authorization header, and requires it with every request', async () => {
    verifies('MCP-48');
    expect((await post(url, rpc('ping'), { ...B, ...ada })).status).toBe(200);
    const token = ada.authorization.slice('Bearer '.length);
    expect((await post(`${url}?access_token=${token}`, rpc('ping'), B)).status).toBe(401);
    expect((await post(url, rpc('ping'), { ...B, 'mcp-session-id': token })).status).toBe(401);
    expect((await post(url, rpc('ping'), B)).status).toBe(401);
  });

  it('lists the tools of a scope that the person can get, and refuses a call with 403 and this scope', async () => {
    verifies('MCP-49');
    const { json } = await post(url, rpc('tools/list'), { ...B, ...ada });
    expect(json.result?.['tools']).toContainEqual(expect.objectContaining({ name: 'test_write' }));
    for (const reply of [
      await post(url, rpc('tools/call', { name: 'test_write' }), { ...B, ...ada }),
      await modern(url, 'tools/call', { name: 'test_write' }, { headers: ada }),
    ]) {
      expect(reply).toMatchObject({ status: 403, json: { id: 1, error: {} } });
      const challenge = reply.headers['www-authenticate'] ?? '';
      expect(challenge).toContain('error="insufficient_scope"');
      expect(challenge).toContain('scope="sql:read sql:write"');
      expect(challenge).toContain('resource_metadata=');
    }
  });

  it('lets no person cancel the calls or use the streams of another person', async () => {
    verifies('MCP-8', 'MCP-39');
    const stream = await OpenStream.open(url, { accept: 'text/event-stream', ...ada });
    const messages = server.origin + (await stream.event('endpoint'));
    expect((await post(messages, rpc('ping'), bob)).status).toBe(404);
    expect((await post(messages, rpc('ping', {}, 'mine'), ada)).status).toBe(202);
    await stream.message(({ id }) => id === 'mine');
    stream.close();

    const slow = post(url, rpc('tools/call', { name: 'test_wait', arguments: { ms: 700 } }, 9), { ...B, ...ada });
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } };
    while (!(await Promise.race([slow.then(() => true), post(url, cancelled, { ...B, ...bob }).then(() => false)])));
    expect((await slow).json.result).toBeDefined();
  });

  it('accepts an answer only from the person who was asked', async () => {
    verifies('MCP-43');
    const headers = { ...B, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const capabilities = { elicitation: {} };
    await post(url, rpc('initialize', { protocolVersion: '2025-06-18', capabilities }), { ...headers, ...ada });
    const call = JSON.stringify(rpc('tools/call', { name: 'test_elicitation', arguments: { message: 'Who?' } }));
    const stream = await OpenStream.open(url, { ...headers, ...ada }, call);
    const { id } = await stream.message(({ method }) => method === 'elicitation/create');
    const answer = (username: string) => ({
      jsonrpc: '2.0',
      id: id as unknown,
      result: { action: 'accept', content: { username, email: `${username}@example.com` } },
    });
    expect((await post(url, answer('bob'), { ...headers, ...bob })).status).toBe(202);
    expect((await post(url, answer('ada'), { ...headers, ...ada })).status).toBe(202);
    const result = await stream.message(message => message['id'] === 1);
    expect(result['result'].content[0].text).toContain('ada@example.com');
  });

  it('binds the state of a question to the person', async () => {
    verifies('MCP-43');
    const params = { name: 'test_input_required_result_request_state', arguments: {} };
    const capabilities = { elicitation: {} };
    const first = (await modern(url, 'tools/call', params, { capabilities, headers: ada })).json.result;
    const more = {
      ...params,
      requestState: first?.['requestState'],
      inputResponses: { confirm: { action: 'accept', content: { ok: true } } },
    };
    const foreign = await modern(url, 'tools/call', more, { capabilities, headers: bob });
    expect(foreign.json.error?.code).toBe(-32602);
    const own = await modern(url, 'tools/call', more, { capabilities, headers: ada });
    expect(own.json.result).toMatchObject({ resultType: 'complete' });
  });
});

describe('the settings for testing', () => {
  it('admit tool calls only with ALLOW_UNAUTH_TOOLS_CALL', async () => {
    const server = await startFixtureServer({ ALLOW_UNAUTH_TOOLS_CALL: 'false' });
    try {
      expect((await post(server.url, rpc('tools/list'))).status).toBe(200);
      const call = await post(server.url, rpc('tools/call', { name: 'test_simple_text' }));
      expect(call.status).toBe(401);
      expect(call.headers['www-authenticate']).toContain('resource_metadata=');
    } finally {
      await server.close();
    }
  });
});
