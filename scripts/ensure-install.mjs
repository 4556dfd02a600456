// The first step of `npm run demo` and `npm test` on a bare checkout. No dependencies, and runs on Node 20 as well:
// the Node 24 that the project needs is itself a package that `npm ci` brings.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
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
}
