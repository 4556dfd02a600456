import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Repeats one POST over connections that stay open. It uses as little processor time as possible, because it shares the
 * machine with the measured server. It reads HTTP/1.1 replies with Content-Length; any status but 200 is an error.
 */
export class RepeatedPost {
  private readonly idle: Socket[] = [];
  private readonly url: URL;
  private readonly request: Buffer;

  constructor(url: string, headers: Readonly<Record<string, string>>, body: string) {
    this.url = new URL(url);
    const lines = [
      `POST ${this.url.pathname} HTTP/1.1`,
      `Host: ${this.url.host}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    this.request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  /** The body of the reply. */
  async send(): Promise<Buffer> {
    const socket = this.idle.pop() ?? (await this.open());
    const body = await sendRequest(socket, this.request);
    this.idle.push(socket);
    return body;
  }

  close(): void {
    for (const socket of this.idle) socket.destroy();
  }

  private async open(): Promise<Socket> {
    const socket = connect(Number(this.url.port), this.url.hostname).setNoDelay(true);
    await once(socket, 'connect');
    return socket;
  }
}

function sendRequest(socket: Socket, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let begin = -1;
    let length = -1;
    const settle = (finish: () => void): void => {
      socket.off('data', onData).off('error', onEnd).off('close', onEnd);
      finish();
    };
    const onEnd = (): void => settle(() => reject(new Error('The connection ended before the reply.')));
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      received += chunk.length;
      if (begin < 0) {
        const head = Buffer.concat(chunks).toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        begin = end + 4;
        length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
        if (!head.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) {
          return settle(() => reject(new Error(head.slice(0, 500))));
        }
      }
      if (received - begin >= length) settle(() => resolve(Buffer.concat(chunks).subarray(begin, begin + length)));
    };
    socket.on('data', onData).once('error', onEnd).once('close', onEnd);
    socket.write(request);
  });
}
