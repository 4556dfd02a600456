#!/usr/bin/env node
// In a checkout the sources run as they are (Node strips their types); an installed package has them compiled, since
// Node strips no types below node_modules.
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(`tsql-sandbox needs Node 24 or newer; this is ${process.version}.`);
  process.exit(1);
}
const installed = import.meta.url.includes('/node_modules/');
const { run } = await import(installed ? '../dist/cli.js' : '../src/cli.ts');
await run(process.argv.slice(2));
