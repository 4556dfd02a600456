// `npm run demo`: installs what is missing, builds, and starts the server with the embedded T-SQL sandbox.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, node, root, run, withOwnNode } from './ensure-install.mjs';

ensureInstalled();
console.log('Building …');
if (run('npm', ['run', '-s', 'build']) !== 0) process.exit(1);

const demo = spawn(node, ['--enable-source-maps', path.join(root, 'scripts', 'demo-server.mjs')], {
  cwd: root,
  stdio: 'inherit',
  env: withOwnNode(),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => demo.kill(signal));
demo.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
