#!/usr/bin/env node
// In a checkout the sources run as they are (Node strips their types); an installed package has them compiled, since
// Node strips no types below node_modules.
const installed = import.meta.url.includes('/node_modules/');
const { run } = await import(installed ? '../dist/cli.js' : '../src/cli.ts');
await run(process.argv.slice(2));
