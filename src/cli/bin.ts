#!/usr/bin/env node
// The command `mssql-mcp`. It has no static import, because an older Node.js would fail at the first module that uses a
// feature of Node.js 24 (node:sqlite), before this check could say what to do.

/** As in `engines` of package.json. */
const NEEDED = 24;
const major = Number.parseInt(process.versions.node, 10);

if (major < NEEDED) {
  const { readFileSync } = await import('node:fs');
  const { name } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { name: string };
  const advice = `mssql-mcp needs Node.js ${NEEDED} or later, and this is ${process.version} (${process.execPath}).
Install Node.js ${NEEDED}, then run the same command again:
  nvm install ${NEEDED} && nvm use ${NEEDED}       with nvm
  fnm install ${NEEDED} && fnm use ${NEEDED}       with fnm
  winget install OpenJS.NodeJS.LTS    on Windows
  https://nodejs.org/en/download      for every system
Without installing anything, npm can fetch it for one command:
  npx --package=node@${NEEDED} --package=${name} -- mssql-mcp --help
`;
  process.stderr.write(advice);
  process.exitCode = 1;
} else {
  const { main } = await import('./main.js');
  process.exitCode = await main(process.argv.slice(2));
}

export {};
