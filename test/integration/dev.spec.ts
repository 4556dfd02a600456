import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until.js';

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    rootDir: 'src',
    outDir: 'dist',
    types: [],
    lib: ['es5'],
    skipLibCheck: true,
  },
  include: ['src'],
});

/** A server that says its name and its process id, and ends on SIGTERM. */
const server = (name: string) => `
declare const process: { pid: number };
declare const setInterval: (tick: () => void, ms: number) => void;
declare const console: { log(text: string): void };
console.log('${name} runs as ' + process.pid);
setInterval(() => {}, 1_000_000);
`;

describe('npm run start:dev', () => {
  let directory: string;
  let child: ChildProcess;
  let output = '';

  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-dev-'));
    for (const name of ['scripts', 'src/cli', 'sandbox/src'])
      mkdirSync(path.join(directory, name), { recursive: true });
    for (const name of ['dev', 'ensure-install'])
      cpSync(`scripts/${name}.mjs`, path.join(directory, 'scripts', `${name}.mjs`));
    symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'));
    const files = {
      'package.json': '{ "type": "module" }',
      'package-lock.json': '',
      '.env': '',
      'tsconfig.build.json': TSCONFIG,
      'sandbox/tsconfig.build.json': TSCONFIG,
      'sandbox/src/index.ts': 'export {};',
      'src/cli/bin.ts': server('the first version'),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
    // What is installed is never older than this lock file.
    utimesSync(path.join(directory, 'package-lock.json'), 0, 0);
    child = spawn(process.execPath, [path.join(directory, 'scripts', 'dev.mjs')]);
    const note = (chunk: Buffer) => (output += chunk.toString());
    child.stdout?.on('data', note);
    child.stderr?.on('data', note);
  });
  afterAll(() => child.kill());

  const processOf = async (name: string): Promise<number> => {
    const line = new RegExp(`${name} runs as (\\d+)`);
    await until(`${name} runs`, () => line.test(output), 60_000);
    return Number(line.exec(output)?.[1]);
  };
  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('compiles, starts the server, and replaces it when a source changes', async () => {
    const first = await processOf('the first version');
    writeFileSync(path.join(directory, 'src', 'cli', 'bin.ts'), server('the second version'));
    const second = await processOf('the second version');
    expect(second).not.toBe(first);
    expect(isRunning(first)).toBe(false);
  }, 120_000);

  it('leaves nothing running when it is ended', async () => {
    const second = await processOf('the second version');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await until('the server has ended', () => !isRunning(second));
  });
});
