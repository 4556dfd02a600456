import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { OAuthServerOptions } from './oauth-server.js';

export interface OAuthProcess {
  readonly url: string;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const support = import.meta.dirname;

/** The authorization server in a process of its own. */
export async function startOAuthProcess(options: OAuthServerOptions): Promise<OAuthProcess> {
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', path.join(support, 'ts-hooks.mjs'), path.join(support, 'oauth-child.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, OAUTH_CHILD: JSON.stringify(options) } },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', code => reject(new Error(`the server process ended with ${code}`)));
  });
  return {
    url,
    child,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await new Promise(resolve => {
        child.once('exit', resolve);
        child.kill(signal);
      });
    },
  };
}
