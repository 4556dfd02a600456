// The first step of `npm run demo` and `npm test` on a bare checkout. No dependencies, and runs on Node 20 as well:
// the Node 24 that the project needs is itself a package that `npm ci` brings.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
export const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Environment in which `node` is the project's own. */
export function withOwnNode(env = process.env) {
  const bin = [path.dirname(node), path.join(root, 'node_modules', '.bin')].join(path.delimiter);
  return { ...env, PATH: `${bin}${path.delimiter}${env.PATH ?? ''}` };
}

export function run(command, args, options = {}) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: withOwnNode(),
    shell,
    ...options,
  });
  if (error) throw error;
  return status ?? 1;
}

export function ensureInstalled() {
  exclusively(() => {
    const lock = path.join(root, 'package-lock.json');
    const installed = path.join(root, 'node_modules', '.package-lock.json');
    if (existsSync(installed) && existsSync(node) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
    console.log('Installing packages (npm ci) …');
    // Also where NODE_ENV=production would leave the builders out; and npm's warnings are of the machine's Node.js, which
    // none of them will run on.
    if (run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
      console.error('npm ci failed: see its message above. Node 20 or later and access to an npm registry are needed.');
      process.exit(1);
    }
  });
}

/** Builds when a source is younger than the last build: another demo may be running from it. */
export function ensureBuilt() {
  exclusively(() => {
    const stamp = path.join(root, 'dist', '.built');
    if (existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource()) return;
    console.log('Building …');
    const started = new Date();
    if (run('npm', ['run', '-s', 'build']) !== 0) process.exit(1);
    writeFileSync(stamp, '');
    utimesSync(stamp, started, started);
  });
}

function newestSource() {
  const files = ['src', 'sandbox'].flatMap(directory =>
    readdirSync(path.join(root, directory), { recursive: true })
      .filter(name => !/^(?:node_modules|dist)\b/.test(name))
      .map(name => path.join(directory, name)),
  );
  const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
  return Math.max(...[...files, ...settings].map(name => statSync(path.join(root, name)).mtimeMs));
}

const WAIT_MS = 15 * 60_000;

/** One process at a time installs or builds here: two `npm ci` at once take each other's files away. */
function exclusively(work) {
  const lock = path.join(root, 'var', 'install.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  const deadline = Date.now() + WAIT_MS;
  for (let told = false; !take(lock);) {
    const holder = holderOf(lock);
    if (holder === undefined) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() > deadline) {
      console.error(`Process ${holder} installs or builds here for too long: end it, or remove ${lock}.`);
      process.exit(1);
    }
    if (!told) console.log(`Waiting for process ${holder}, which installs or builds here …`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  const release = () => rmSync(lock, { force: true });
  process.on('exit', release);
  work();
  release();
  process.off('exit', release);
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that holds the lock; one that was killed leaves its number behind. */
function holderOf(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Between its making and its writing the file is empty.
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 5_000 ? 'unknown' : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}
