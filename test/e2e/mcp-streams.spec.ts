import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CanActivate, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Request } from 'express';
import * as z from 'zod';
import { Drain } from '../../src/common/drain.js';
import { ChangesService } from '../../src/mcp/cluster/changes.service.js';
import { BUCKETS, KeepAlive } from '../../src/mcp/http/keep-alive.js';
import { Tool } from '../../src/tools/tool.decorator.js';
import type { ToolHandler } from '../../src/tools/tool.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { fixtureTool, text } from '../support/conformance/fixture.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { messagesOf, modernRequest, post, rpc, send } from '../support/conformance/wire.js';
import { until } from '../support/until.js';
import { verifies } from '../support/verifies.js';

const B = { 'mcp-protocol-version': '2025-06-18', accept: 'text/event-stream' };
const JSON_POST = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Messages of 100 kB, far more than sockets buffer. */
const FLOOD = 400;

const EFFECT = z.strictObject({ affected_rows: z.number() });

@Tool({
  name: 'test_effect',
  title: 'Effect',
  description: 'Says that it changed rows',
  scope: 'sql:read',
  readOnly: true,
  input: z.strictObject({}),
  output: EFFECT,
})
class EffectTool implements ToolHandler<z.ZodObject, typeof EFFECT> {
  async execute() {
    return { affected_rows: 3 };
  }
}

@Module({ providers: [EffectTool] })
class EffectTools {}

const calls = new EventEmitter();

@Module({
  providers: [
    fixtureTool('test_until_told', z.strictObject({}), async () => {
      await once(calls, 'go');
      return [text('Told')];
    }),
    fixtureTool('test_flood', z.strictObject({}), async (_args, call) => {
      for (let i = 0; i < FLOOD; i += 1) {
        call.log('info', 'x'.repeat(100_000));
        await nextTurn();
      }
      calls.emit('logged');
      return [text('Logged a lot')];
    }),
  ],
})
class ToldTools {}

/** Delays a request until its caller has closed the connection, as a token check that waits for Redis can. */
const LATE: CanActivate = {
  canActivate: async context => {
    const { socket, headers } = context.switchToHttp().getRequest<Request>();
    if (headers['x-late'] !== undefined) await once(socket, 'close');
    return true;
  },
};

@Module({ providers: [{ provide: APP_GUARD, useValue: LATE }] })
class LateGuard {}

describe('streams', () => {
  let server: FixtureServer;
  let url: string;
  const open: OpenStream[] = [];

  async function get(headers: Readonly<Record<string, string>> = B): Promise<OpenStream> {
    const stream = await OpenStream.open(url, headers);
    open.push(stream);
    return stream;
  }

  async function postStream(message: object, headers: Readonly<Record<string, string>> = {}): Promise<OpenStream> {
    const stream = await OpenStream.open(url, { ...JSON_POST, ...headers }, JSON.stringify(message));
    open.push(stream);
    return stream;
  }

  async function listen(notifications: object, id: unknown = 'listen-1'): Promise<OpenStream> {
    const { body, headers } = modernRequest('subscriptions/listen', { notifications }, { id });
    return postStream(body, headers);
  }

  beforeEach(async () => {
    server = await startFixtureServer({ MAX_STREAMS: '6', MAX_STREAMS_PER_PRINCIPAL: '5' }, [EffectTools, ToldTools]);
    url = server.url;
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    await server.close();
  });

  it('open at once, and forbid a proxy to buffer', async () => {
    verifies('MCP-7', 'MCP-12');
    const stream = await get();
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(stream.headers['x-accel-buffering']).toBe('no');
  });

  it('are refused for a GET that does not accept text/event-stream', async () => {
    expect((await send(url, 'GET', { ...B, accept: 'application/json' })).status).toBe(406);
    expect((await send(url, 'GET', { ...B, 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
  });

  it('are refused with 429 and Retry-After at the limit, until one closes', async () => {
    const streams = await Promise.all(Array.from({ length: 5 }, () => get()));
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('30');
    expect((await listen({})).status).toBe(429);
    expect((await post(url, rpc('ping'))).status).toBe(200);
    streams[0]?.close();
    // The server learns of the closed connection a moment later.
    let again = refused;
    await until('another stream is allowed', async () => (again = await get()).status !== 429);
    expect(again.status).toBe(200);
  });

  it('are not counted when the caller closed the connection before they began', async () => {
    const own = await startFixtureServer({ MAX_STREAMS_PER_PRINCIPAL: '1' }, [LateGuard]);
    try {
      const abort = new AbortController();
      const late = fetch(own.url, { headers: { ...B, 'x-late': '1' }, signal: abort.signal });
      const arrived = once(own.app.getHttpServer(), 'request');
      await arrived;
      abort.abort();
      await expect(late).rejects.toThrow();
      const http: Server = own.app.getHttpServer();
      await until(
        'the connection is gone',
        () => new Promise(done => http.getConnections((_, count) => done(count === 0))),
      );
      const stream = await OpenStream.open(own.url, B);
      open.push(stream);
      expect(stream.status).toBe(200);
    } finally {
      await own.close();
    }
  });

  it('carry a comment every 15 seconds while they are idle or a response is slow', async () => {
    verifies('MCP-12');
    const stream = await get();
    const waiting = await postStream(rpc('tools/call', { name: 'test_until_told', arguments: {} }));
    expect(waiting.headers['content-type']).toBe('text/event-stream');
    const keepAlive = server.app.get(KeepAlive);
    for (let second = 0; second < BUCKETS; second += 1) keepAlive.tick();
    calls.emit('go');
    await waiting.message(({ id }) => id === 1);
    await until('the idle stream has a comment', () => stream.text.includes('keep-alive'));
    for (const { text: received } of [stream, waiting]) expect(received.match(/^: keep-alive$/gm)).toHaveLength(1);
  });

  it('begin before the response when a call is slow, and end with the response', async () => {
    verifies('MCP-6');
    const stream = await postStream(rpc('tools/call', { name: 'test_until_told', arguments: {} }));
    expect(stream.headers['content-type']).toBe('text/event-stream');
    calls.emit('go');
    await stream.end();
    expect(stream.messages).toEqual([expect.objectContaining({ id: 1, result: expect.anything() })]);
  });

  it('are not used for a client that accepts only JSON', async () => {
    const reply = await post(url, rpc('tools/call', { name: 'test_wait', arguments: { ms: 2_200 } }), {
      accept: 'application/json',
    });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.json.result).toBeDefined();
  });

  it('carry the response of their own call only, and a GET stream carries none', async () => {
    verifies('MCP-7');
    const idle = await get();
    const call = (id: number) =>
      post(url, rpc('tools/call', { name: 'test_tool_with_progress', _meta: { progressToken: id } }, id), {
        'mcp-protocol-version': '2025-06-18',
      });
    const replies = await Promise.all([call(1), call(2), call(3)]);
    for (const [index, reply] of replies.entries()) {
      const ids = messagesOf(reply).map(({ id, params }) => id ?? params.progressToken);
      expect(new Set(ids)).toEqual(new Set([index + 1]));
    }
    expect(idle.messages).toEqual([]);
    expect(idle.text).not.toMatch(/^id: ./m);
  });

  it('announce a changed resource to a subscribed client, on one stream only', async () => {
    verifies('MCP-7', 'MCP-42');
    const older = await get();
    const newer = await get();
    const other = await get({ ...B, 'user-agent': 'another program' });
    const subscribe = (method: string) => post(url, rpc(method, { uri: 'test://watched-resource' }), B);
    expect((await subscribe('resources/subscribe')).status).toBe(200);
    const changes = server.app.get(ChangesService);
    await changes.resourceUpdated('demo', 'test://watched-resource');
    const message = await newer.message(({ method }) => method === 'notifications/resources/updated');
    expect(message).toMatchObject({ params: { uri: 'test://watched-resource' } });
    await changes.resourceUpdated('demo', 'test://static-text');
    await changes.resourceUpdated('production', 'test://watched-resource');
    await subscribe('resources/unsubscribe');
    await changes.resourceUpdated('demo', 'test://watched-resource');
    await post(url, rpc('ping'));
    expect([older, newer, other].map(({ messages }) => messages.length)).toEqual([0, 1, 0]);
  });

  it('announce every resource that a client subscribed to at the same time', async () => {
    verifies('MCP-42');
    const A = { ...B, 'mcp-protocol-version': '2025-03-26' };
    const uris = ['test://watched-resource', 'test://static-text', 'mssql://database/schema'];
    await post(
      url,
      uris.map((uri, id) => rpc('resources/subscribe', { uri }, id)),
      A,
    );
    const stream = await get(A);
    for (const uri of uris) await server.app.get(ChangesService).resourceUpdated('demo', uri);
    await stream.message(({ params }) => params?.uri === uris[2]);
    expect(stream.messages.map(({ params }) => params.uri)).toEqual(uris);
  });

  it('announce the overview of the database when a tool has changed rows', async () => {
    verifies('MCP-42');
    const stream = await get();
    await post(url, rpc('resources/subscribe', { uri: 'mssql://database/schema' }), B);
    await post(url, rpc('tools/call', { name: 'test_simple_text' }), B);
    await post(url, rpc('tools/call', { name: 'test_effect' }), B);
    await stream.message(({ params }) => params?.uri === 'mssql://database/schema');
    expect(stream.messages).toHaveLength(1);
  });

  it('cannot announce a resource that does not exist', async () => {
    const reply = await post(url, rpc('resources/subscribe', { uri: 'test://nothing' }), B);
    expect(messagesOf(reply)[0]?.['error'].code).toBe(-32002);
  });

  it('of subscriptions/listen begin with an acknowledgement, then carry the updates', async () => {
    verifies('MCP-42');
    const stream = await listen({
      toolsListChanged: true,
      resourceSubscriptions: ['test://watched-resource', 'test://nothing'],
    });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'listen-1' };
    expect(await stream.message(() => true)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { resourceSubscriptions: ['test://watched-resource'] }, _meta },
    });
    const changes = server.app.get(ChangesService);
    await changes.resourceUpdated('demo', 'test://static-text');
    await changes.resourceUpdated('demo', 'test://watched-resource');
    const updated = await stream.message(({ method }) => method === 'notifications/resources/updated');
    expect(updated['params']).toEqual({ uri: 'test://watched-resource', _meta });
    expect(stream.messages).toHaveLength(2);
    expect(stream.text).not.toMatch(/^id:/m);
  });

  it('of subscriptions/listen are refused for invalid parameters, and for a client that accepts no stream', async () => {
    for (const notifications of [undefined, [], { resourceSubscriptions: 'all' }, { resourceSubscriptions: [7] }]) {
      const { body, headers } = modernRequest('subscriptions/listen', { notifications });
      expect((await post(url, body, headers)).json.error?.code).toBe(-32602);
    }
    const { body, headers } = modernRequest('subscriptions/listen', { notifications: {} });
    expect((await post(url, body, { ...headers, accept: 'application/json' })).status).toBe(406);
  });

  it('end in an orderly way when the server stops', async () => {
    verifies('MCP-42');
    const stream = await get();
    const listening = await listen({});
    await listening.message(() => true);
    server.app.get(Drain).begin();
    await Promise.all([stream.end(), listening.end()]);
    expect(listening.messages.at(-1)).toMatchObject({
      id: 'listen-1',
      result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 'listen-1' } },
    });
    expect((await get()).status).toBe(503);
  });

  it('drop messages for a client that does not read, but not the response', async () => {
    const logged = once(calls, 'logged');
    const stream = await postStream(rpc('tools/call', { name: 'test_flood', arguments: {} }), {
      'mcp-protocol-version': '2025-06-18',
    });
    stream.pause();
    await logged;
    stream.resume();
    const answer = await stream.message(({ id }) => id === 1);
    expect(answer['result'].content[0].text).toBe('Logged a lot');
    // Only what the sockets buffered has arrived; the rest is kept nowhere.
    expect(stream.messages.length).toBeLessThan(FLOOD / 2);
  }, 20_000);
});

describe('the 2024-11-05 transport', () => {
  beforeEach(() => verifies('MCP-13'));
  let server: FixtureServer;
  let stream: OpenStream;
  let messages: string;
  beforeAll(async () => {
    server = await startFixtureServer();
    stream = await OpenStream.open(server.url, { accept: 'text/event-stream' });
    messages = server.origin + (await stream.event('endpoint'));
  });
  afterAll(async () => {
    stream.close();
    await server.close();
  });

  it('sends the URL to POST to as its first event, and replies to a POST with 202', async () => {
    expect(stream.events[0]?.event).toBe('endpoint');
    expect(messages).toMatch(/\/demo\/messages\?sessionId=[\w-]{12}\.[\w-]{24}$/);
    const reply = await post(messages, rpc('initialize', { protocolVersion: '2024-11-05', capabilities: {} }, 'i'));
    expect(reply).toMatchObject({ status: 202, text: '' });
    const answer = await stream.message(({ id }) => id === 'i');
    expect(answer['result']).toMatchObject({ protocolVersion: '2024-11-05' });
  });

  it('sends progress and responses on the stream', async () => {
    const call = rpc('tools/call', { name: 'test_tool_with_progress', _meta: { progressToken: 't' } }, 'c');
    await post(messages, call);
    await stream.message(({ id }) => id === 'c');
    const progress = stream.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params.progress)).toEqual([0, 50, 100]);
  });

  it('reports a faulty message on the stream, and a faulty body in the reply to the POST', async () => {
    await post(messages, rpc('nothing/here', {}, 'n'));
    expect((await stream.message(({ id }) => id === 'n'))['error'].code).toBe(-32601);
    await post(messages, { jsonrpc: '2.0', id: 'bad', method: 7 });
    expect((await stream.message(({ id }) => id === 'bad'))['error'].code).toBe(-32600);
    expect((await post(messages, [rpc('ping')])).status).toBe(400);
  });

  it('refuses a POST to a stream that is not open, or with an id that it did not make', async () => {
    const url = `${server.origin}/demo/messages`;
    for (const id of [
      '',
      '?sessionId=x',
      '?sessionId=a&sessionId=b',
      `?sessionId=${'a'.repeat(12)}.${'b'.repeat(24)}`,
    ]) {
      expect((await post(url + id, rpc('ping'))).status).toBe(404);
    }
  });

  it('ends when the server stops, but not before the response to a running call', async () => {
    const own = await startFixtureServer();
    const idle = await OpenStream.open(own.url, { accept: 'text/event-stream' });
    const busy = await OpenStream.open(own.url, { accept: 'text/event-stream' });
    try {
      const target = own.origin + (await busy.event('endpoint'));
      const call = { name: 'test_tool_with_progress', _meta: { progressToken: 't' } };
      await post(target, rpc('tools/call', call, 'c'));
      await busy.message(({ method }) => method === 'notifications/progress');
      own.app.get(Drain).begin();
      await idle.end();
      await busy.end();
      expect(busy.messages.at(-1)).toMatchObject({ id: 'c', result: { content: expect.anything() } });
    } finally {
      await own.close();
    }
  });

  it('closes a stream that the client does not read', async () => {
    const slow = await OpenStream.open(server.url, { accept: 'text/event-stream' });
    const target = server.origin + (await slow.event('endpoint'));
    slow.pause();
    await post(target, rpc('tools/call', { name: 'test_big_log', arguments: { messages: 400, size: 100_000 } }));
    // The id of a closed stream is unknown.
    await until('the server has closed it', async () => (await post(target, rpc('ping'))).status === 404);
    slow.close();
  });
});
