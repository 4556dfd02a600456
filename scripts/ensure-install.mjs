// The first step of `npm run demo` and `npm test` in a fresh checkout. It has no dependencies and also runs on Node 20,
// because `npm ci` installs the Node 24 that the project needs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
export const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** An environment in which `node` is the Node 24 that `npm ci` installed. */
export function withOwnNode(env = process.env) {
  const bin = [path.dirname(node), path.join(root, 'node_modules', '.bin')].join(path.delimiter);
  // Windows calls it Path, and a copy of the environment has one spelling only.
  const [name = 'PATH', value = ''] = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH') ?? [];
  return { ...env, [name]: `${bin}${path.delimiter}${value}` };
}

export function run(command, args, options = {}) {
  // npm and npx are scripts of the shell there.
  const shell = process.platform === 'win32' && ['npm', 'npx'].includes(command);
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
    // NODE_ENV=production would leave out the development dependencies. npm's warnings concern the Node.js of the machine,
    // which runs none of the packages.
    if (run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
      console.error(
        'npm ci failed; see its message above. It needs Node.js 20 or later and access to an npm registry.',
      );
      process.exit(1);
    }
  });
}

/** Builds only when a source is newer than the last build, because another demo may be running from dist/. */
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

/** Lets one process at a time install or build here: two `npm ci` at once delete each other's files. */
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
      console.error(`Process ${holder} has been installing or building here for too long. End it, or remove ${lock}.`);
      process.exit(1);
    }
    if (!told) console.log(`Waiting for process ${holder}, which is installing or building here …`);
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

/** The running process that holds the lock. The lock file of a killed process still contains its number. */
function holderOf(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // The file is empty between its creation and the write.
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 5_000 ? 'unknown' : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}
