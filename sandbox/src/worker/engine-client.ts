import { Worker } from 'node:worker_threads';
import type { Backend, ConnectionEvents, EngineConnection } from '../tds/backend.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import type { EngineOptions } from './sandbox-engine.ts';

/** The time in milliseconds within which the worker must end by itself before it is terminated. */
const STOP_MILLISECONDS = 2000;

/** The TDS side's handle of the engine's worker thread. */
export class EngineClient implements Backend {
  private readonly worker: Worker;
  private readonly connections = new Map<number, ConnectionEvents>();
  private readonly started: Promise<void>;
  private nextConnection = 1;
  private dead = false;
  /** Called when the engine requests a restart of the listener. */
  onRestart: (milliseconds: number) => void = () => {};
  /** Called when the worker ends unexpectedly. */
  onCrash: (error: Error) => void = () => {};

  constructor(options: EngineOptions) {
    // In a source checkout Node runs the .ts file itself; in dist/ it is .js.
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    this.worker = new Worker(new URL(`./engine-worker${extension}`, import.meta.url), {
      workerData: options,
      // Flags of a test runner (loaders of Jest, --input-type …) must not apply to this thread.
      execArgv: ['--no-warnings'],
    });
    this.started = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromEngine) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'failed') reject(new Error(message.message));
        else this.receive(message);
      });
      this.worker.on('error', error => {
        reject(error);
        this.crashed(error instanceof Error ? error : new Error(String(error)));
      });
      this.worker.on('exit', code => reject(new Error(`The engine's thread ended with code ${code}.`)));
    });
  }

  ready(): Promise<void> {
    return this.started;
  }

  connect(events: ConnectionEvents): EngineConnection {
    const connection = this.nextConnection++;
    const cancel = new SharedArrayBuffer(4);
    const flag = new Int32Array(cancel);
    this.connections.set(connection, events);
    if (this.dead) setImmediate(() => events.disconnect(true));
    return {
      login: login => this.post({ kind: 'login', connection, login, cancel }),
      request: (type, body, reset) =>
        this.post({ kind: 'request', connection, type, body, reset }, [body.buffer as ArrayBuffer]),
      credit: () => this.post({ kind: 'credit', connection }),
      cancel: () => {
        Atomics.store(flag, 0, 1);
        this.post({ kind: 'wake' });
      },
      clearCancel: () => Atomics.store(flag, 0, 0),
      close: () => {
        if (!this.connections.delete(connection)) return;
        Atomics.store(flag, 0, 1);
        this.post({ kind: 'close', connection });
      },
    };
  }

  async stop(): Promise<void> {
    this.onCrash = () => {};
    const gone = new Promise<void>(resolve => this.worker.once('exit', () => resolve()));
    this.post({ kind: 'stop' });
    const timer = setTimeout(() => void this.worker.terminate(), STOP_MILLISECONDS);
    await gone;
    clearTimeout(timer);
  }

  private post(message: ToEngine, transfer: readonly ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromEngine): void {
    switch (message.kind) {
      case 'accepted':
        return this.connections.get(message.connection)?.accepted(message.spid, message.packetSize);
      case 'tokens': {
        const { buffer, byteOffset, byteLength } = message.bytes;
        const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
        return this.connections.get(message.connection)?.tokens(bytes, message.last);
      }
      case 'disconnect':
        return this.connections.get(message.connection)?.disconnect(message.atOnce);
      case 'restart':
        return this.onRestart(message.milliseconds);
      case 'ready':
      case 'failed':
        return;
      default:
        message satisfies never;
    }
  }

  private crashed(error: Error): void {
    this.dead = true;
    for (const events of [...this.connections.values()]) events.disconnect(true);
    this.connections.clear();
    this.onCrash(error);
  }
}
