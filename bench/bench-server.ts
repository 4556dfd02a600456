import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface BenchServer {
  readonly origin: string;
  /** The memory in bytes after a garbage collection. */
  memory(): Promise<{ readonly rss: number; readonly heapUsed: number }>;
  /** The processor time of the process since its start, and the bytes that were resident at most. */
  used(): Promise<{ readonly cpuMs: number; readonly peakRss: number }>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Starts a script in its own process, so that the measured server shares nothing with the load. */
export async function startProcess(script: string, env: Readonly<Record<string, string>>): Promise<BenchServer> {
  const port = await freePort();
  const hooks = script.endsWith('.ts') ? ['--import', './test/support/ts-hooks.mjs'] : [];
  // `npm start` sets the same semi-space size.
  const args = ['--max-semi-space-size=32', '--expose-gc', '--import', './bench/memory-probe.mjs', ...hooks, script];
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', ...env, SERVER_HOST: '127.0.0.1', SERVER_PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const origin = `http://127.0.0.1:${port}`;
  await answering(origin, child);
  const ask = async <T>(what: 'memory' | 'used'): Promise<T> => {
    child.send(what);
    const [usage] = (await once(child, 'message')) as [T];
    return usage;
  };
  return {
    origin,
    memory: () => ask('memory'),
    used: () => ask('used'),
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Starts the server without sign-in and without a database, unless `env` sets them. */
export function startServer(
  env: Readonly<Record<string, string>> = {},
  script = existsSync('dist/main.js') ? 'dist/main.js' : 'src/main.ts',
): Promise<BenchServer> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  return startProcess(script, {
    ENVIRONMENT_PATH: '/demo',
    METRICS_PORT: '0',
    LOG_LEVEL: 'ERROR',
    STATE_STORE: `sqlite:${path.join(directory, 'state.db')}`,
    USERS_FILE: path.join(directory, 'users.json'),
    AUDIT_FILE: path.join(directory, 'audit.jsonl'),
    MSSQL_HOST: '127.0.0.1',
    MSSQL_PORT: '1',
    MSSQL_USER: 'nobody',
    MSSQL_PASSWORD: 'nothing',
    MSSQL_DATABASE: 'none',
    ALLOW_UNAUTH_METHODS: 'true',
    ALLOW_UNAUTH_TOOLS_CALL: 'true',
    ...env,
  });
}

async function answering(origin: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    const open = await new Promise<boolean>(resolve => {
      http.get(`${origin}/health/live`, res => resolve(res.resume() !== undefined)).on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('The server did not start.');
}

/** The value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
