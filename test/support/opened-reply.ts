import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'express';
import { HttpReply } from '../../src/mcp/http/http-reply.js';
import { KeepAlive } from '../../src/mcp/http/keep-alive.js';

export interface ReceivedReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** An HttpReply to a POST over a real connection, and the client that reads it. */
export interface OpenedReply {
  readonly reply: HttpReply;
  /** Resolves when the headers of the reply have arrived. The body is not read before `received` is called. */
  headers(): Promise<http.IncomingMessage>;
  /** Reads the reply to its end. */
  received(): Promise<ReceivedReply>;
  /** Closes the connection on the client's side, and resolves when the server has noticed it. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export async function openReply(
  accepts = { json: true, stream: true },
  keepAlive = new KeepAlive(),
): Promise<OpenedReply> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false });
  // A test that closes the connection does not read the reply.
  request.on('error', () => {});
  const arrived = new Promise<http.IncomingMessage>(resolve => request.once('response', resolve));
  request.end();
  const [, res] = (await once(server, 'request')) as [http.IncomingMessage, http.ServerResponse];
  const closed = once(res, 'close');
  const reply = new HttpReply(res as Response, accepts, keepAlive);
  return {
    reply,
    headers: () => arrived,
    received: async () => {
      const response = await arrived;
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
      return { status: response.statusCode ?? 0, headers: response.headers, text };
    },
    leave: async () => {
      request.destroy();
      await closed;
    },
    close: async () => {
      // Stops the timers of a reply that a test did not end.
      reply.end(undefined);
      keepAlive.onApplicationShutdown();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
