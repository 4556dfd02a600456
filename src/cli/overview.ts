import type { Commands } from './commands.js';

const COLUMN = 13;

/** The text of `mssql-mcp --help`. */
export async function overview(commands: Commands): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(COLUMN)}${(await load()).command.summary}\n`),
  );
  return `Usage: mssql-mcp <command> [options]

An MCP server for Microsoft SQL Server: OAuth 2.1, read-only by default, exact results.

Commands:
${lines.join('')}
Options:
  -h, --help     this text; "mssql-mcp <command> --help" for one command
  -v, --version  the version

Settings come from the environment and from the file .env in the current directory.

To begin:
  mssql-mcp demo       a running server with a sample database, and lines to paste into clients
  mssql-mcp doctor     checks your settings and your database before the server starts

Exit codes: 0 done, 1 it failed and says why, 2 the command line is wrong, 130 ended with
Ctrl-C.
`;
}
