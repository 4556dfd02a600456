// `npm run demo`: installs what is missing, builds, and starts the server with the embedded T-SQL sandbox.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, node, root, withOwnNode } from './ensure-install.mjs';

ensureInstalled();
ensureBuilt();

const demo = spawn(node, ['--enable-source-maps', path.join(root, 'scripts', 'demo-server.mjs')], {
  cwd: root,
  stdio: 'inherit',
  env: withOwnNode(),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => demo.kill(signal));
demo.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
