// `npm run demo`: installs what is missing, builds, and starts `mssql-mcp demo`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, node, root, withOwnNode } from './ensure-install.mjs';

ensureInstalled();
ensureBuilt();

const demo = spawn(node, [path.join(root, 'dist', 'cli', 'bin.js'), 'demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: withOwnNode(),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => demo.kill(signal));
demo.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
