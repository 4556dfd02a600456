import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from './ports.js';
import { findProgram } from './system-programs.js';

export interface TestRedis {
  readonly url: string;
  /** As a crash would. */
  stop(): Promise<void>;
  /** On the same port, empty. */
  start(): Promise<void>;
}

/** A real redis-server on a free port, without persistence. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      child = spawn(findProgram('redis-server') ?? 'redis-server', args, { stdio: 'ignore' });
      await answering(port);
    },
    stop: async () => {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      await new Promise(resolve => {
        running.once('exit', resolve);
        running.kill('SIGKILL');
      });
    },
  };
  await redis.start();
  return redis;
}

async function answering(port: number): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).once('error', () => resolve(false));
    });
    if (open) return;
    if (Date.now() > until) throw new Error('redis-server does not answer');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Waits for a condition, not for a time. */
export async function eventually(condition: () => Promise<boolean> | boolean, limitMs = 10_000): Promise<void> {
  const until = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error('the condition did not come true in time');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
