import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { Module } from '@nestjs/common';
import * as z from 'zod';
import { AppError } from '../../src/common/app-error.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { fixtureTool, text } from '../support/conformance/fixture.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest, post, rpc } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

const JSON_POST = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const B = { ...JSON_POST, 'mcp-protocol-version': '2025-06-18' };

/** Emits an event when a call begins and another when it is aborted. */
const calls = new EventEmitter();

@Module({
  providers: [
    fixtureTool('test_until_cancelled', z.strictObject({ key: z.string() }), async ({ key }, { signal }) => {
      calls.emit(`begun ${key}`);
      await once(signal, 'abort');
      calls.emit(`stopped ${key}`);
      throw new AppError('CANCELLED', 'The request was cancelled.');
    }),
    fixtureTool('test_until_told', z.strictObject({ key: z.string() }), async ({ key }, { signal }) => {
      calls.emit(`begun ${key}`);
      await once(calls, `go ${key}`);
      return [text(signal.aborted ? 'cancelled' : 'finished')];
    }),
  ],
})
class LongTools {}

describe('cancellation', () => {
  beforeEach(() => verifies('MCP-39'));
  let server: FixtureServer;
  let url: string;
  let keys = 0;
  beforeAll(async () => {
    server = await startFixtureServer({}, [LongTools]);
    url = server.url;
  });
  afterAll(() => server.close());

  function begin(tool: string, id: unknown, headers: Readonly<Record<string, string>> = B) {
    const key = `k${(keys += 1)}`;
    const begun = once(calls, `begun ${key}`);
    let isStopped = false;
    calls.once(`stopped ${key}`, () => (isStopped = true));
    const call = rpc('tools/call', { name: tool, arguments: { key } }, id);
    const reply = OpenStream.open(url, headers, JSON.stringify(call));
    // A test that closes the connection does not read the reply.
    reply.catch(() => {});
    return { key, begun, isStopped: () => isStopped, reply };
  }

  const cancel = (requestId: unknown, headers: Readonly<Record<string, string>> = B) =>
    post(url, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason: 'test' } }, headers);

  it.each([7, 'seven'])('stops the call with id %p before it is accepted, and no reply follows', async id => {
    const { begun, isStopped, reply } = begin('test_until_cancelled', id);
    await begun;
    expect((await cancel(id)).status).toBe(202);
    expect(isStopped()).toBe(true);
    const stream = await reply;
    await stream.end();
    expect(stream).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    expect(stream.text).toBe('');
  });

  it.each(['1.x', '2.x'])('is not reported as an error by the SDK client %s', async version => {
    const call = { name: 'test_until_cancelled', arguments: { key: `k${(keys += 1)}` } };
    const errors: unknown[] = [];
    const abort = new AbortController();
    void once(calls, `begun ${call.arguments.key}`).then(() => abort.abort('enough'));
    const client = await (version === '1.x' ? oldClient() : newClient());
    client.onerror = error => errors.push(error);
    await expect(client.call(abort.signal)).rejects.toThrow('enough');
    // After these round trips the end of the reply to the call has arrived, too.
    for (let i = 0; i < 3; i += 1) await client.ping();
    expect(errors).toEqual([]);
    await client.close();

    async function oldClient() {
      const own = new Client({ name: 'sdk', version: '1' });
      await own.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
      return Object.assign(own, { call: (signal: AbortSignal) => own.callTool(call, undefined, { signal }) });
    }

    async function newClient() {
      const own = new NewClient({ name: 'sdk', version: '2' }, { versionNegotiation: { mode: 'legacy' } });
      await own.connect(new NewTransport(new URL(url)));
      return Object.assign(own, { call: (signal: AbortSignal) => own.callTool(call, { signal }) });
    }
  });

  it('ignores ids that are unknown, finished, or of another type', async () => {
    const { key, begun, reply } = begin('test_until_told', 7);
    await begun;
    for (const id of ['7', 8, null, undefined, {}]) expect((await cancel(id)).status).toBe(202);
    calls.emit(`go ${key}`);
    const stream = await reply;
    await stream.end();
    expect(stream.text).toContain('finished');
    expect((await cancel(7)).status).toBe(202);
  });

  it('never stops the call of another client that uses the same id', async () => {
    const other = { ...B, 'user-agent': 'another program' };
    const { key, begun, reply } = begin('test_until_told', 5, other);
    await begun;
    await cancel(5);
    calls.emit(`go ${key}`);
    const stream = await reply;
    await stream.end();
    expect(stream.text).toContain('finished');
  });

  it('stops neither of two calls to which one client gave the same id', async () => {
    const [a, b] = [begin('test_until_told', 6), begin('test_until_told', 6)];
    await Promise.all([a.begun, b.begun]);
    await cancel(6);
    calls.emit(`go ${a.key}`);
    calls.emit(`go ${b.key}`);
    for (const stream of await Promise.all([a.reply, b.reply])) {
      await stream.end();
      expect(stream.text).toContain('finished');
    }
  });

  // Required in 2026-07-28, and done up to 2025-11-25, too, because nobody could read the response.
  it.each(['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])(
    'stops the call at once when the connection is closed in %s',
    async revision => {
      verifies('MCP-6');
      const key = `k${(keys += 1)}`;
      const begun = once(calls, `begun ${key}`);
      let isStopped = false;
      calls.once(`stopped ${key}`, () => (isStopped = true));
      const params = { name: 'test_until_cancelled', arguments: { key } };
      const request =
        revision === '2026-07-28'
          ? modernRequest('tools/call', params)
          : { body: rpc('tools/call', params), headers: { 'mcp-protocol-version': revision } };
      const abort = new AbortController();
      const reply = fetch(url, {
        method: 'POST',
        headers: { ...JSON_POST, ...request.headers },
        body: JSON.stringify(request.body),
        signal: abort.signal,
      });
      reply.catch(() => {});
      await begun;
      abort.abort();
      await expect(reply).rejects.toThrow();
      // After these round trips the server has seen the end of the connection.
      for (let i = 0; i < 3; i += 1) await post(url, rpc('ping'), B);
      expect(isStopped).toBe(true);
    },
  );

  it('stops the calls of a 2024-11-05 client whose stream closes', async () => {
    const stream = await OpenStream.open(url, { accept: 'text/event-stream' });
    const messages = server.origin + (await stream.event('endpoint'));
    const key = `k${(keys += 1)}`;
    const [begun, stopped] = [once(calls, `begun ${key}`), once(calls, `stopped ${key}`)];
    await post(messages, rpc('tools/call', { name: 'test_until_cancelled', arguments: { key } }));
    await begun;
    stream.close();
    await stopped;
  });
});
