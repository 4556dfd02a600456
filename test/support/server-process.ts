import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { until } from './until.js';

export interface ServerProcess {
  readonly child: ChildProcess;
  /** The text that it has written on stdout and stderr (the last million characters). */
  output(): string;
  /** Sends the signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a process of the built server (dist/), like production: a script, and its arguments. Run `npm run build` before, as `npm test` does. */
export async function startProcess(
  script: string | readonly string[],
  env: Readonly<Record<string, string>>,
  readyUrl: string,
): Promise<ServerProcess> {
  if (!existsSync('dist/main.js')) throw new Error('dist/ is missing: run npm run build');
  const child = spawn(process.execPath, ['--enable-source-maps', ...[script].flat()], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const note = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-1_000_000));
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const server: ServerProcess = {
    child,
    output: () => text,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${text}`);
    return (await fetch(readyUrl).catch(() => undefined))?.status === 200;
  };
  await until(`${readyUrl} answers`, answers, 30_000).catch(async (error: unknown) => {
    // A child that is left running would keep Jest from ending.
    await server.stop('SIGKILL');
    throw error;
  });
  return server;
}
