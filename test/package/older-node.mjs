// Starts the built command with the Node.js that runs this script, which must be older than 24: it must name the version
// that it needs, and exit with 1. Needs no packages.
import { spawnSync } from 'node:child_process';

const { status, stderr } = spawnSync(process.execPath, ['dist/cli/bin.js', 'demo'], { encoding: 'utf8' });
if (status !== 1 || !stderr.startsWith('mssql-mcp needs Node.js 24 or later')) {
  console.error(`With ${process.version} the command exited with ${status} and wrote:\n${stderr}`);
  process.exit(1);
}
console.log(`With ${process.version}: ${stderr.split('\n')[0]}`);
