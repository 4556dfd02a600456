// `npm run bench` runs every benchmark except five: streams and export take long, cache needs redis-server, alternatives
// installs other servers from npm, and versions needs another checkout.
// `node bench/run.mjs streams` runs the named ones. Each runs in its own process and prints JSON lines. The exit code is 1
// if an aim was missed.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const NAMED_ONLY = new Set(['streams', 'export', 'cache', 'alternatives', 'versions']);
/** Modules that the benchmarks import. */
const PARTS = new Set([
  'bench-database',
  'bench-load',
  'bench-mcp',
  'bench-server',
  'bare-nest',
  'bare-route',
  'bare-stream',
  'bare-streams',
  'http-client',
]);

const all = readdirSync(import.meta.dirname)
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -'.ts'.length))
  .filter(name => !PARTS.has(name));
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. The benchmarks are: ${all.join(', ')}.`);
  process.exit(1);
}
const missed = (asked.length > 0 ? asked : all.filter(name => !NAMED_ONLY.has(name))).filter(name => {
  const args = ['--no-warnings', '--expose-gc', '--import', './test/support/ts-hooks.mjs', `bench/${name}.ts`];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0;
});
if (missed.length > 0) console.error(`Failed: ${missed.join(', ')}`);
process.exit(missed.length > 0 ? 1 : 0);
