import http from 'node:http';
import { eventsOf } from './wire.js';

type Message = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A reply that is read while it arrives. */
export class OpenStream {
  text = '';
  ended = false;
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly status: number,
    readonly headers: http.IncomingHttpHeaders,
    private readonly res: http.IncomingMessage,
    private readonly req: http.ClientRequest,
  ) {
    res.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.wake();
    });
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    res.on('end', end).on('error', end).on('close', end);
  }

  static open(url: string, headers: Readonly<Record<string, string>>, body?: string): Promise<OpenStream> {
    return new Promise((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST';
      const req = http.request(url, { method, headers, agent: false }, res =>
        resolve(new OpenStream(res.statusCode ?? 0, res.headers, res, req)),
      );
      req.on('error', reject);
      req.end(body);
    });
  }

  get events(): { event: string; data: string }[] {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n\n') + 2);
    return eventsOf(whole);
  }

  get messages(): Message[] {
    return this.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data) as Message);
  }

  /** Resolves with the first message that fits. Rejects when the stream ends, or after `limitMs`. */
  message(fits: (message: Message) => boolean, limitMs = 10_000): Promise<Message> {
    return this.until(() => this.messages.find(fits), limitMs);
  }

  event(name: string): Promise<string> {
    return this.until(() => this.events.find(({ event }) => event === name)?.data, 10_000);
  }

  async end(limitMs = 10_000): Promise<void> {
    await this.until(() => (this.ended ? true : undefined), limitMs);
  }

  /** Stops reading, like a client that hangs. */
  pause(): void {
    this.res.pause();
  }

  resume(): void {
    this.res.resume();
  }

  close(): void {
    this.req.destroy();
    this.res.destroy();
  }

  private until<T>(look: () => T | undefined, limitMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        const found = look();
        if (found === undefined && !this.ended) return;
        clearTimeout(timer);
        this.waiting.delete(give);
        if (found === undefined) reject(new Error(`The stream ended: ${this.text.slice(0, 500)}`));
        else resolve(found);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(give);
        reject(new Error(`No such message arrived within ${limitMs} ms: ${this.text.slice(0, 500)}`));
      }, limitMs);
      this.waiting.add(give);
      give();
    });
  }

  private wake(): void {
    for (const give of [...this.waiting]) give();
  }
}
