import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until.js';

/** Replaces npm: fails while another one is running, and runs until the file `go` exists. */
const NPM = `#!/bin/sh
echo "$1" >> npm.log
mkdir busy || exit 7
while [ ! -e go ]; do :; done
mkdir -p node_modules/node/bin dist
: > node_modules/node/bin/node
: > node_modules/.package-lock.json
rmdir busy
`;

interface Running {
  readonly child: ChildProcess;
  output(): string;
}

describe('scripts/ensure-install.mjs', () => {
  let directory: string;
  const file = (...name: string[]) => path.join(directory, ...name);
  const calls = () => readFileSync(file('npm.log'), 'utf8').trim().split('\n');

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-install-'));
    for (const name of ['scripts', 'bin', 'src', 'sandbox']) mkdirSync(file(name));
    cpSync('scripts/ensure-install.mjs', file('scripts', 'ensure-install.mjs'));
    for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'src/main.ts'])
      writeFileSync(file(name), '');
    writeFileSync(file('bin', 'npm'), NPM);
    chmodSync(file('bin', 'npm'), 0o755);
  });

  const start = (step: string): Running => {
    const code = `import('./scripts/ensure-install.mjs').then(steps => steps.${step}())`;
    const child = spawn(process.execPath, ['-e', code], {
      cwd: directory,
      env: { PATH: `${file('bin')}:${process.env['PATH']}` },
    });
    let text = '';
    const note = (chunk: Buffer) => (text += chunk.toString());
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    return { child, output: () => text };
  };
  const end = async ({ child }: Running) => {
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };

  it('installs once when two processes start at the same time', async () => {
    const first = start('ensureInstalled');
    await until('npm is at work', () => existsSync(file('busy')), 30_000);
    const second = start('ensureInstalled');
    await until(
      'the second one waits',
      () => second.output().includes(`Waiting for process ${first.child.pid}`),
      30_000,
    );
    writeFileSync(file('go'), '');
    expect([await end(first), await end(second)]).toEqual([0, 0]);
    expect(calls()).toEqual(['ci']);
  });

  it('does not wait for a process that was killed', async () => {
    const killed = start('ensureInstalled');
    await until('npm is at work', () => existsSync(file('busy')), 30_000);
    killed.child.kill('SIGKILL');
    await end(killed);
    // Its child process goes on and ends by itself.
    writeFileSync(file('go'), '');
    await until('its npm has ended', () => !existsSync(file('busy')), 30_000);
    utimesSync(file('package-lock.json'), new Date(), new Date(Date.now() + 10_000));
    expect(await end(start('ensureInstalled'))).toBe(0);
    expect(calls()).toEqual(['ci', 'ci']);
  });

  it('builds only when a source is newer than the last build', async () => {
    writeFileSync(file('go'), '');
    for (const _twice of [1, 2]) expect(await end(start('ensureBuilt'))).toBe(0);
    expect(calls()).toEqual(['run']);
    utimesSync(file('src', 'main.ts'), new Date(), new Date(Date.now() + 10_000));
    expect(await end(start('ensureBuilt'))).toBe(0);
    expect(calls()).toEqual(['run', 'run']);
  });
});
