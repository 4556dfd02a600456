// `npm run start:dev`: compiles on every change of src/ or sandbox/src/ and restarts the server. With a .env file (or
// MSSQL_HOST or TENANTS_FILE in the environment) it is the server of `npm start`, without one it is the demo.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, node, root, withOwnNode } from './ensure-install.mjs';

ensureInstalled();

const configured = existsSync(path.join(root, '.env')) || process.env.MSSQL_HOST || process.env.TENANTS_FILE;
const command = configured ? 'serve' : 'demo';
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const password = randomBytes(9).toString('base64url');
const children = new Set();
let stopping = false;

function start(args, stdout) {
  const child = spawn(node, args, { cwd: root, stdio: ['inherit', stdout, 'inherit'], env: environment() });
  children.add(child);
  child.on('exit', code => {
    children.delete(child);
    stop(code ?? 1);
  });
  return child;
}

/** The demo keeps its password when it restarts. */
function environment() {
  return withOwnNode({ DEMO_PASSWORD: password, ...process.env });
}

/** Resolves when the compiler has written everything once, with or without errors; then it waits for changes. */
function compile(project) {
  const compiler = start([tsc, '--project', project, '--watch', '--preserveWatchOutput'], 'pipe');
  return new Promise(resolve => {
    compiler.stdout.on('data', chunk => {
      process.stdout.write(chunk);
      if (chunk.includes('Watching for file changes')) resolve();
    });
  });
}

function stop(code) {
  if (!stopping) process.exitCode = code;
  stopping = true;
  for (const child of children) child.kill();
}

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));

// In this order: the demo is compiled with the declarations of the sandbox.
await compile('sandbox/tsconfig.build.json');
await compile('tsconfig.build.json');
if (!stopping) {
  console.log(`Starting mssql-mcp ${command}; it restarts when its files change.`);
  start(['--watch', '--watch-preserve-output', path.join('dist', 'cli', 'bin.js'), command], 'inherit');
}
