import { type DispatcherParts, dispatcherWith, testCaller } from '../../../test/support/mcp-dispatcher.js';
import { AppError } from '../../common/app-error.js';
import { setLogLevel } from '../../common/log.js';
import { ANONYMOUS } from '../../common/principal.js';
import { type MessageSink, RequestContext } from './request-context.js';
import { type Revision, revisionByName } from './revisions.js';
import { invalidParams, RPC, RpcError } from './rpc.error.js';
import type { RpcMethod } from './rpc-method.js';
import type { RpcReply } from './rpc-reply.js';

const OLD = revisionByName('2025-06-18') as Revision;
const NEW = revisionByName('2026-07-28') as Revision;

/** A promise that the test settles, as the result of a method that takes its time. */
function pendingResult() {
  return Promise.withResolvers<object | undefined>();
}

describe('Dispatcher', () => {
  let parts: DispatcherParts;
  let sent: string[];
  const sink: MessageSink = { open: true, send: message => sent.push(message) > 0 };

  beforeEach(() => {
    setLogLevel('silent');
    sent = [];
  });
  afterEach(() => parts.close());

  /** Sends one request to a dispatcher that has this one method. */
  function dispatch(handle: RpcMethod['handle'], more: { name?: string; method?: string; revision?: Revision } = {}) {
    const { name = 'ping', method = name, revision = OLD } = more;
    parts = dispatcherWith({ name, handle });
    return send(method, revision);
  }

  function send(method: string, revision = OLD, caller = testCaller(), meta: object = {}) {
    const request = { kind: 'request', id: 7, method, params: { _meta: meta } } as const;
    const context = new RequestContext(caller, revision, request, sink, {});
    return { context, reply: parts.dispatcher.dispatch(context) };
  }

  const bodyOf = async (reply: ReturnType<DispatcherParts['dispatcher']['dispatch']>) =>
    JSON.parse((await reply)?.body ?? 'null') as unknown;

  it('returns the response of a synchronous method at once', () => {
    const { reply } = dispatch(() => ({ done: true }));
    expect(reply).toEqual({ status: 200, body: '{"jsonrpc":"2.0","id":7,"result":{"done":true}}' });
  });

  it('resolves with the response of an asynchronous method', async () => {
    const { reply } = dispatch(async () => ({ done: true }));
    expect(reply).toBeInstanceOf(Promise);
    expect(await bodyOf(reply)).toEqual({ jsonrpc: '2.0', id: 7, result: { done: true } });
  });

  it('adds the fields of its revision to a result', async () => {
    const { reply } = dispatch(() => ({ tools: [] }), { name: 'tools/list', revision: NEW });
    expect(await bodyOf(reply)).toMatchObject({ result: { tools: [], resultType: 'complete', _meta: {} } });
  });

  it.each([
    ['an unknown method in 2025-06-18', 'no/such', OLD, 200],
    ['an unknown method in 2026-07-28', 'no/such', NEW, 404],
    ['a method that 2026-07-28 has removed', 'ping', NEW, 404],
    ['a property of every object', 'toString', OLD, 200],
  ])('refuses %s with -32601', async (_what, method, revision, status) => {
    const { reply } = dispatch(() => ({}), { method, revision });
    expect(await reply).toMatchObject({ status });
    expect(await bodyOf(reply)).toMatchObject({
      id: 7,
      error: { code: RPC.methodNotFound, message: expect.stringContaining(revision.name) },
    });
  });

  it('refuses a method of a newer revision, although the server has it', async () => {
    const { reply } = dispatch(() => ({}), { name: 'server/discover' });
    expect(await bodyOf(reply)).toMatchObject({ error: { code: RPC.methodNotFound } });
    expect(await bodyOf(send('server/discover', NEW).reply)).toMatchObject({ result: {} });
  });

  it('refuses a caller without a token, and says that one is missing', async () => {
    parts = dispatcherWith({ name: 'ping', handle: () => ({}) });
    const { reply } = send('ping', OLD, testCaller(ANONYMOUS));
    expect(await reply).toMatchObject({ status: 401, challenge: { kind: 'no_token' } });
  });

  describe.each([
    [
      'throws',
      (error: Error) => () => {
        throw error;
      },
    ],
    ['rejects with', (error: Error) => () => Promise.reject(error)],
  ])('when a method %s an error', (_how, failing) => {
    const replyTo = async (error: Error) => {
      const { reply } = dispatch(failing(error));
      return { reply: (await reply) as RpcReply, body: await bodyOf(reply) };
    };

    it('keeps the code, status and data of a protocol error', async () => {
      const { reply, body } = await replyTo(new RpcError(RPC.headerMismatch, 'Mcp-Name is missing.', 400, { a: 1 }));
      expect(reply.status).toBe(400);
      expect(body).toMatchObject({ id: 7, error: { code: -32020, message: 'Mcp-Name is missing.', data: { a: 1 } } });
      expect((await replyTo(invalidParams('uri must be a string.'))).body).toMatchObject({ error: { code: -32602 } });
    });

    it.each([
      ['INVALID_ARGUMENT', 200, RPC.invalidParams],
      ['NOT_FOUND', 200, RPC.invalidParams],
      ['FORBIDDEN', 403, RPC.invalidRequest],
      ['TOO_MANY_REQUESTS', 429, RPC.invalidRequest],
      ['UNAVAILABLE', 503, RPC.internalError],
    ] as const)(
      'maps %s to the status %i and the code %i, with its message and hint',
      async (code, status, rpcCode) => {
        const { reply, body } = await replyTo(new AppError(code, 'It failed.', { hint: 'Try again.' }));
        expect(reply.status).toBe(status);
        expect(body).toMatchObject({ error: { code: rpcCode, message: 'It failed.', data: { hint: 'Try again.' } } });
      },
    );

    it('asks for the missing scope', async () => {
      const { reply } = await replyTo(new AppError('INSUFFICIENT_SCOPE', 'It needs a scope.'));
      expect(reply).toMatchObject({ status: 403, challenge: { kind: 'insufficient_scope' } });
    });

    it('masks an unexpected error, and names the request under which the log has it', async () => {
      for (const error of [new Error('row value 4711'), new AppError('INTERNAL', '4711', { expose: false })]) {
        const { reply, body } = await replyTo(error);
        expect(reply.body).not.toContain('4711');
        expect(body).toMatchObject({
          id: 7,
          error: { code: RPC.internalError, data: { request_id: expect.stringMatching(/^[\da-f-]{36}$/) } },
        });
      }
    });
  });

  it.each([
    ['returns a result', { done: true }],
    ['fails', new AppError('CANCELLED', 'The request was cancelled.')],
    ['returns nothing', undefined],
  ])('sends no response to a cancelled request whose method then %s', async (_what, outcome) => {
    const { promise, resolve, reject } = pendingResult();
    const { context, reply } = dispatch(() => promise);
    await parts.inFlight.cancel(context.caller, 7);
    expect(context.signal.aborted).toBe(true);
    if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
    expect(await reply).toBeUndefined();
  });

  it('cancels only the request of the same caller and id, and none that is complete', async () => {
    const { promise, resolve } = pendingResult();
    const { context, reply } = dispatch(() => promise);
    await parts.inFlight.cancel(testCaller('bob'), 7);
    await parts.inFlight.cancel(context.caller, '7');
    resolve({ done: true });
    expect(await bodyOf(reply)).toMatchObject({ result: { done: true } });
    await parts.inFlight.cancel(context.caller, 7);
    expect(context.cancelled).toBe(false);
  });

  it('lets a method send messages before the response, and none after it', async () => {
    const { promise, resolve } = pendingResult();
    parts = dispatcherWith({
      name: 'ping',
      handle: async context => {
        const [first, second] = [
          await parts.calls.make(context, undefined),
          await parts.calls.make(context, undefined),
        ];
        first.progress(1);
        first.log('error', 'before');
        // A method that does not stop its work when it has returned.
        void promise.then(() => {
          second.progress(1);
          second.log('error', 'after');
        });
        return {};
      },
    });
    const { reply } = send('ping', OLD, testCaller(), { progressToken: 'p' });
    await reply;
    const before = [...sent];
    expect(before.map(text => (JSON.parse(text) as { method: string }).method)).toEqual([
      'notifications/progress',
      'notifications/message',
    ]);
    resolve({});
    await promise;
    expect(sent).toEqual(before);
  });
});
