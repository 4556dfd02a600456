// `npm run mcpb [-- OUTPUT]`: packs the server and its production dependencies as a bundle for Claude Desktop
// (https://github.com/modelcontextprotocol/mcpb). The bundle holds what `npm install` makes of the packed package.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './ensure-install.mjs';

const [output] = process.argv.slice(2);
if (output?.startsWith('-')) {
  console.error('Usage: npm run mcpb [-- OUTPUT.mcpb]');
  process.exit(2);
}

const { name, version, bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const staging = mkdtempSync(path.join(os.tmpdir(), 'mssql-mcpb-'));
process.on('exit', () => rmSync(staging, { recursive: true, force: true }));
const server = path.join(staging, 'server');
const bundle = path.join(root, 'var', `mssql-mcp-${version}.mcpb`);

/** The name of the .tgz that `npm pack` made. The build is up to date, and other tests may be running from it. */
function pack() {
  const options = ['--ignore-scripts', '--loglevel=error', '--pack-destination', staging];
  if (run('npm', ['pack', ...options]) !== 0) fail('npm pack failed.');
  const [tarball] = readdirSync(staging).filter(file => file.endsWith('.tgz'));
  return tarball;
}

/** Scripts of packages don't run: the bundle must be the same on every platform. */
function install(tarball) {
  mkdirSync(server);
  writeFileSync(path.join(server, 'package.json'), '{ "private": true }\n');
  const options = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', ['install', ...options, path.join(staging, tarball)], { cwd: server }) !== 0)
    fail('npm install failed.');
  rmSync(path.join(staging, tarball));
  const native = readdirSync(server, { recursive: true }).filter(file => file.endsWith('.node'));
  if (native.length > 0) fail(`These files fit only this platform, and the bundle is for all: ${native.join(', ')}`);
}

/** The manifest with the version and the program of the package. */
function writeManifest() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'mcpb', 'manifest.json'), 'utf8'));
  const program = path.posix.join('server/node_modules', name, bin['mssql-mcp']);
  manifest.version = version;
  manifest.server.entry_point = program;
  manifest.server.mcp_config.args[0] = `\${__dirname}/${program}`;
  writeFileSync(path.join(staging, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

ensureInstalled();
ensureBuilt();
const { packExtension } = await import('@anthropic-ai/mcpb');
install(pack());
writeManifest();
for (const file of ['icon.png', '.mcpbignore']) copyFileSync(path.join(root, 'mcpb', file), path.join(staging, file));
copyFileSync(path.join(root, 'LICENSE'), path.join(staging, 'LICENSE'));
const target = path.resolve(output ?? bundle);
mkdirSync(path.dirname(target), { recursive: true });
if (!(await packExtension({ extensionPath: staging, outputPath: target, silent: true }))) fail('mcpb pack failed.');
console.log(target);
