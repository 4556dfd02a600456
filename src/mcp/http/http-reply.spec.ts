import { jest } from '@jest/globals';
import { eventsOf } from '../../../test/support/conformance/wire.js';
import { type OpenedReply, openReply } from '../../../test/support/opened-reply.js';
import { KEEP_ALIVE_MS, STREAM_AFTER_MS } from '../protocol/limits.js';

const RESPONSE = '{"jsonrpc":"2.0","id":1,"result":{}}';
const NOTIFICATION = '{"jsonrpc":"2.0","method":"notifications/progress"}';

describe('the reply to a POST', () => {
  let opened: OpenedReply;
  const open = async (accepts?: { json: boolean; stream: boolean }) => {
    opened = await openReply(accepts);
    return opened.reply;
  };
  const messages = (text: string) => eventsOf(text).map(({ data }) => data);

  /** Only the timers of the reply are faked, not those of the connection. */
  const fakeTimers = () =>
    void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });

  afterEach(async () => {
    jest.useRealTimers();
    await opened.close();
  });

  it('is JSON when nothing precedes the response', async () => {
    const reply = await open();
    reply.startStreamLater();
    reply.end({ status: 200, body: RESPONSE });
    const { status, headers, text } = await opened.received();
    expect([status, text]).toEqual([200, RESPONSE]);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(RESPONSE.length),
      'cache-control': 'no-store',
    });
  });

  it('has the status and the headers of an error, such as a challenge', async () => {
    const reply = await open();
    const challenge = 'Bearer error="invalid_token"';
    reply.end({ status: 401, body: RESPONSE, headers: { 'WWW-Authenticate': challenge } });
    const { status, headers, text } = await opened.received();
    expect([status, headers['www-authenticate'], text]).toEqual([401, challenge, RESPONSE]);
  });

  it('has no body when there is no response', async () => {
    const reply = await open();
    reply.end({ status: 202, body: '' });
    const { status, headers, text } = await opened.received();
    expect([status, headers['content-length'], text]).toEqual([202, '0', '']);
  });

  it('is a stream when a message precedes the response, and ends with the response', async () => {
    const reply = await open();
    expect(reply.send(NOTIFICATION)).toBe(true);
    expect(reply.isStream).toBe(true);
    // The headers have been sent, so the status of the response comes too late.
    reply.end({ status: 403, body: RESPONSE });
    const { status, headers, text } = await opened.received();
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    expect(messages(text)).toEqual([NOTIFICATION, RESPONSE]);
  });

  it('becomes a stream when the response takes long, and not before', async () => {
    fakeTimers();
    const reply = await open();
    reply.startStreamLater();
    reply.startStreamLater();
    jest.advanceTimersByTime(STREAM_AFTER_MS - 1);
    expect(reply.isStream).toBe(false);
    jest.advanceTimersByTime(1);
    expect((await opened.headers()).headers['content-type']).toBe('text/event-stream');
    reply.end({ status: 200, body: RESPONSE });
    expect(messages((await opened.received()).text)).toEqual([RESPONSE]);
  });

  it('stays JSON for a client that accepts only JSON, which gets no messages before the response', async () => {
    fakeTimers();
    const reply = await open({ json: true, stream: false });
    reply.startStreamLater();
    jest.advanceTimersByTime(STREAM_AFTER_MS);
    expect([reply.open, reply.isStream, reply.send(NOTIFICATION, true)]).toEqual([false, false, false]);
    reply.end({ status: 200, body: RESPONSE });
    expect(await opened.received()).toMatchObject({ status: 200, text: RESPONSE });
  });

  it('is a stream for a client that accepts only streams, but an error keeps its status', async () => {
    (await open({ json: false, stream: true })).end({ status: 200, body: RESPONSE });
    const { headers, text } = await opened.received();
    expect(headers['content-type']).toBe('text/event-stream');
    expect(messages(text)).toEqual([RESPONSE]);
    await opened.close();
    (await open({ json: false, stream: true })).end({ status: 404, body: RESPONSE });
    expect(await opened.received()).toMatchObject({ status: 404, text: RESPONSE });
  });

  it('drops notifications for a client that does not read, but no message that is needed', async () => {
    const reply = await open();
    const message = (name: string) => JSON.stringify({ name, padding: 'x'.repeat(64 * 1024) });
    reply.startStream();
    await opened.headers();
    let sent = 0;
    while (sent < 1_000 && reply.send(message(`n${sent}`))) {
      sent += 1;
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(1_000);
    expect(reply.send(message('needed'), true)).toBe(true);
    expect(reply.send(message('dropped'))).toBe(false);
    reply.end({ status: 200, body: RESPONSE });
    const received = messages((await opened.received()).text);
    expect(received.at(-1)).toBe(RESPONSE);
    const names = received.slice(0, -1).map(text => (JSON.parse(text) as { name: string }).name);
    expect(names).toEqual([...Array.from({ length: sent }, (_, index) => `n${index}`), 'needed']);
  });

  it('is an empty stream when the call was cancelled, and 204 for a client that accepts no stream', async () => {
    (await open()).end(undefined);
    const stream = await opened.received();
    expect([stream.status, stream.headers['content-type'], stream.text]).toEqual([200, 'text/event-stream', '']);
    await opened.close();
    (await open({ json: true, stream: false })).end(undefined);
    expect(await opened.received()).toMatchObject({ status: 204, text: '' });
  });

  it('has keep-alive comments until it ends', async () => {
    fakeTimers();
    const reply = await open();
    reply.startStream();
    await opened.headers();
    jest.advanceTimersByTime(KEEP_ALIVE_MS);
    reply.end({ status: 200, body: RESPONSE });
    expect(jest.getTimerCount()).toBe(0);
    const { text } = await opened.received();
    expect(text.match(/^: keep-alive$/gm)).toHaveLength(1);
    expect(messages(text)).toEqual([RESPONSE]);
  });

  it('calls every listener once when the connection closes before the end, and keeps no timer', async () => {
    fakeTimers();
    const reply = await open();
    const [first, second, late] = [jest.fn(), jest.fn(), jest.fn()];
    reply.onClose(first);
    reply.onClose(second);
    reply.startStreamLater();
    reply.startStream();
    await opened.headers();
    await opened.leave();
    expect([reply.open, reply.send(NOTIFICATION, true)]).toEqual([false, false]);
    reply.onClose(late);
    reply.end({ status: 200, body: RESPONSE });
    for (const listener of [first, second, late]) expect(listener).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('calls no listener when the reply is complete', async () => {
    const reply = await open();
    const listener = jest.fn();
    reply.onClose(listener);
    reply.end({ status: 200, body: RESPONSE });
    await opened.received();
    await opened.close();
    expect(listener).not.toHaveBeenCalled();
  });
});
