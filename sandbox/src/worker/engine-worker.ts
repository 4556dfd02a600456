import { parentPort, workerData } from 'node:worker_threads';
import { EngineHost } from './engine-host.ts';
import { FaultPlan } from './fault-plan.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { SandboxEngine, type EngineOptions } from './sandbox-engine.ts';

/*
 * The worker thread runs the engine, so that a query that computes does not block the sockets.
 */
const port = parentPort;
if (!port) throw new Error('engine-worker.ts runs in a worker thread only; startSandbox starts it.');

const post = (message: FromEngine, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, [...transfer]);

try {
  const faults = new FaultPlan();
  const host = new EngineHost(new SandboxEngine(workerData as EngineOptions, faults), faults, post);
  port.on('message', (message: ToEngine) => {
    host.handle(message);
    if (message.kind === 'stop') port.close();
  });
  post({ kind: 'ready' });
} catch (error) {
  // Errors of the configuration (a failing seed, an unknown role) are reported by their message, without a stack.
  if (process.env['SANDBOX_TRACE']) console.error(error);
  post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
