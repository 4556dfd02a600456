import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  readonly url: string;
  /** What it was asked for: `CONNECT host:port`, or `METHOD URL` for http. */
  readonly asked: readonly string[];
  /** The value of Proxy-Authorization, for each request. */
  readonly credentials: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** A small forward proxy. Whatever host it is asked for, it connects to `port` of this machine. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = (req: IncomingMessage): void => {
    asked.push(`${req.method} ${req.url}`);
    credentials.push(req.headers['proxy-authorization']);
  };
  const server = createServer((req, res) => {
    note(req);
    res.end('through the proxy');
  });
  server.on('connect', (req: IncomingMessage, client: Socket) => {
    note(req);
    const target = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}
