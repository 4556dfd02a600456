import { eventsOf } from '../../../test/support/conformance/wire.js';
import { type DispatcherParts, dispatcherWith, testCaller } from '../../../test/support/mcp-dispatcher.js';
import { type OpenedReply, openReply } from '../../../test/support/opened-reply.js';
import { HeaderVersions } from '../http/header-versions.js';
import { RpcError } from '../protocol/rpc.error.js';
import { BatchHandler } from './batch.handler.js';
import { MessageHandler } from './message.handler.js';

const request = (id: unknown, method = 'ping') => ({ jsonrpc: '2.0', id, method });
const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };

describe('BatchHandler', () => {
  let opened: OpenedReply;
  let parts: DispatcherParts;
  let batches: BatchHandler;
  /** Settles the pending requests by their ids. */
  let settle: Map<unknown, (result: object) => void>;
  let cancelled: unknown[];

  beforeEach(async () => {
    opened = await openReply();
    settle = new Map();
    cancelled = [];
    parts = dispatcherWith(
      { name: 'ping', handle: () => ({}) },
      {
        name: 'tools/call',
        handle: ({ id, signal }) => {
          signal.addEventListener('abort', () => cancelled.push(id));
          const { promise, resolve } = Promise.withResolvers<object>();
          settle.set(id, resolve);
          return promise;
        },
      },
    );
    batches = new BatchHandler(new MessageHandler(parts.dispatcher, parts.notifications));
  });
  afterEach(async () => {
    await opened.close();
    await parts.close();
  });

  const handle = (values: readonly unknown[], headers: Readonly<Record<string, string>> = {}) =>
    batches.handle(values, {
      caller: testCaller(),
      versions: new HeaderVersions(headers),
      reply: opened.reply,
      headers,
    });

  it('puts the response of every request into one array, and none for a notification', async () => {
    const pending = handle([request('slow', 'tools/call'), notification, request(2), request('late', 'tools/call')]);
    settle.get('late')?.({});
    settle.get('slow')?.({});
    const { status, body } = await pending;
    const responses = JSON.parse(body) as { id: unknown; result: object }[];
    expect(status).toBe(200);
    expect(responses.map(({ id }) => id).sort()).toEqual([2, 'late', 'slow']);
    for (const { result } of responses) expect(result).toEqual({});
  });

  it('reports each faulty message in its own response', async () => {
    const { status, body } = await handle([
      request(1),
      request(2, 'no/such'),
      { jsonrpc: '1.0', id: 3, method: 'ping' },
      'no message',
      request(5, 'initialize'),
    ]);
    expect(status).toBe(200);
    const codes = (JSON.parse(body) as { id?: unknown; error?: { code: number } }[]).map(({ id, error }) => [
      id,
      error?.code,
    ]);
    expect(codes).toHaveLength(5);
    expect(codes).toEqual(
      expect.arrayContaining([
        [1, undefined],
        [2, -32601],
        [3, -32600],
        [undefined, -32600],
        [5, -32600],
      ]),
    );
  });

  it('replies 202 without a body to notifications and responses only', async () => {
    expect(await handle([notification, { jsonrpc: '2.0', id: 'unknown', result: {} }])).toEqual({
      status: 202,
      body: '',
    });
  });

  it.each(['2024-11-05', '2025-06-18', '2025-11-25', '2026-07-28'])('refuses a batch in %s', async revision => {
    const refused = handle([request(1)], { 'mcp-protocol-version': revision });
    await expect(refused).rejects.toBeInstanceOf(RpcError);
    await expect(refused).rejects.toMatchObject({ rpcCode: -32600, status: 400 });
  });

  it('accepts a batch with the header of 2025-03-26', async () => {
    const { body } = await handle([request(1)], { 'mcp-protocol-version': '2025-03-26' });
    expect(JSON.parse(body)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('sends each response as an event once the reply is a stream', async () => {
    const pending = handle([request('ready'), request('before', 'tools/call'), request('after', 'tools/call')]);
    settle.get('before')?.({});
    await new Promise(setImmediate);
    opened.reply.startStream();
    settle.get('after')?.({});
    opened.reply.end(await pending);
    const { status, headers, text } = await opened.received();
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
    const ids = eventsOf(text).map(({ data }) => (JSON.parse(data) as { id: unknown }).id);
    expect(ids.sort()).toEqual(['after', 'before', 'ready']);
  });

  it('has no response to a cancelled request', async () => {
    const pending = handle([request(1), request('slow', 'tools/call')]);
    await parts.inFlight.cancel(testCaller(), 'slow');
    settle.get('slow')?.({});
    expect(JSON.parse((await pending).body)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(cancelled).toEqual(['slow']);
  });

  it('cancels every request when the connection closes', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => index);
    const pending = handle(ids.map(id => request(id, 'tools/call')));
    await opened.leave();
    expect(cancelled).toEqual(ids);
    for (const id of ids) settle.get(id)?.({});
    opened.reply.end(await pending);
  });
});
