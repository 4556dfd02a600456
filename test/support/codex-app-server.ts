import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly error?: unknown;
}

/** `codex app-server`: what Codex's own applications talk to. It needs no account for MCP servers. */
export class CodexAppServer {
  private readonly waiting = new Map<number, (message: Answer) => void>();
  private ids = 0;

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error('codex has no standard output');
    createInterface({ input: child.stdout }).on('line', line => {
      const message = JSON.parse(line) as Answer;
      this.waiting.get(message.id ?? 0)?.(message);
    });
  }

  static async start(codex: string, env: Readonly<Record<string, string>>, cwd: string): Promise<CodexAppServer> {
    const server = new CodexAppServer(spawn(codex, ['app-server'], { env, cwd, stdio: ['pipe', 'pipe', 'ignore'] }));
    await server.request('initialize', { clientInfo: { name: 'test', title: 'test', version: '1' } });
    server.send({ method: 'initialized' });
    return server;
  }

  /** Rejects with the error of Codex. */
  async request(method: string, params: object): Promise<NonNullable<Answer['result']>> {
    const id = (this.ids += 1);
    const answer = new Promise<Answer>(resolve => this.waiting.set(id, resolve));
    this.send({ id, method, params });
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  private send(message: object): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
