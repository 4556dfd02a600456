import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { databaseEnvironment } from './server-environment.js';
import type { TestDatabase } from './database.js';

export interface StdioMessage {
  readonly jsonrpc: '2.0';
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly result?: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly error?: { readonly code: number; readonly message: string };
}

/** `mssql-mcp stdio` as a process, and what it writes. */
export interface StdioProcess {
  readonly child: ChildProcess;
  /** Every line of standard output, as it came. */
  readonly lines: readonly string[];
  /** Standard error. */
  log(): string;
  /** Writes one line: JSON of an object, or a text or bytes as they are. */
  send(line: object | string | Buffer): void;
  /** Resolves with the first message that fits, which may have come already. Rejects when the process ends before. */
  message(fits: (message: StdioMessage) => boolean): Promise<StdioMessage>;
  /** Sends a request and resolves with the response to it. */
  request(method: string, params?: object, id?: string | number): Promise<StdioMessage>;
  initialize(revision?: string, capabilities?: object): Promise<StdioMessage>;
  /** Resolves with the exit code when the process and its streams have ended. */
  readonly ended: Promise<number | null>;
}

/** How a client starts the command. dist/ must be built, as `npm test` does. */
export function stdioCommand(...args: readonly string[]): { readonly command: string; readonly args: string[] } {
  const bin = path.resolve('dist/cli/bin.js');
  if (!existsSync(bin)) throw new Error('dist/ is missing: run npm run build');
  return { command: process.execPath, args: [bin, 'stdio', ...args] };
}

/** The variables of a process that writes only into a new directory. */
export function stdioEnvironment(database?: Pick<TestDatabase, 'config'>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    XDG_STATE_HOME: mkdtempSync(path.join(os.tmpdir(), 'mcp-stdio-')),
    ...(database === undefined ? {} : databaseEnvironment(database)),
  };
}

export function startStdio(env: Readonly<Record<string, string>>, ...args: readonly string[]): StdioProcess {
  const { command, args: all } = stdioCommand(...args);
  const child = spawn(command, all, { env, cwd: env['XDG_STATE_HOME'], stdio: 'pipe' });
  const lines: string[] = [];
  const messages: StdioMessage[] = [];
  const waiting = new Set<() => void>();
  let log = '';
  let ids = 0;
  child.stdin.on('error', () => {});
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-1_000_000)));
  createInterface({ input: child.stdout }).on('line', line => {
    lines.push(line);
    messages.push(...[JSON.parse(line) as StdioMessage | StdioMessage[]].flat());
    for (const look of waiting) look();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const stdio: StdioProcess = {
    child,
    lines,
    ended,
    log: () => log,
    send: line => {
      const bytes = typeof line === 'string' || Buffer.isBuffer(line) ? line : JSON.stringify(line);
      child.stdin.write(Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
    },
    message: fits =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = messages.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then(code => reject(new Error(`the process ended with ${code}: ${log}`)));
      }),
    request: (method, params = {}, id = `r${(ids += 1)}`) => {
      stdio.send({ jsonrpc: '2.0', id, method, params });
      return stdio.message(message => message.id === id && message.method === undefined);
    },
    initialize: async (revision = '2025-06-18', capabilities = {}) => {
      const clientInfo = { name: 'test', version: '1' };
      const answer = await stdio.request('initialize', { protocolVersion: revision, capabilities, clientInfo });
      stdio.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return answer;
    },
  };
  return stdio;
}
