import { parseArgs } from 'node:util';
import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp stdio [CONNECTION] [--env-file FILE]

Serves one person over standard input and output, as Claude Desktop, Claude Code, VS Code, Cursor and Codex start a
local server. There is no sign-in: whoever can start the command can use the database with its login. It only reads,
unless READ_ONLY_MODE=false. It ends with the program that started it, and cancels what is still running.

CONNECTION is an mssql:// URL or an ADO.NET connection string, in place of MSSQL_CONNECTION_STRING. Leave the password
out of it, because other users of the machine can see command lines, and set MSSQL_PASSWORD or MSSQL_PASSWORD_FILE.

Options:
  --env-file FILE  reads variables from a file that only you can read; those of the environment win. The file .env
                   of the current directory is not read.

Settings (each also as NAME_FILE, for a file with the value):
  MSSQL_CONNECTION_STRING, or MSSQL_HOST, MSSQL_PORT, MSSQL_DATABASE, MSSQL_USER, MSSQL_PASSWORD and others
  READ_ONLY_MODE   true unless set to false
  AUDIT_FILE       by default audit.jsonl in your own state directory; stderr for standard error
  LOG_LEVEL        INFO; the log goes to standard error
  Limits, such as QUERY_TIMEOUT_MS and MAX_ROWS, are those of the server. docs/stdio.md lists all settings.

Examples:
  MSSQL_PASSWORD_FILE=~/.mssql/sales.password mssql-mcp stdio 'mssql://reader@sql.example.com/Sales'
  mssql-mcp stdio --env-file ~/.mssql/sales.env

Exit codes: 0 ended by the client or by a signal, 1 it could not start, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'serve one person over standard input and output',
  help,
  async run(args) {
    const { values, positionals } = parse(args);
    if (positionals.length > 1) throw new UsageError('stdio takes at most one connection.');
    const { serveStdio } = await import('../../serve-stdio.js');
    return serveStdio({ connection: positionals[0], envFile: values['env-file'] });
  },
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { 'env-file': { type: 'string' } } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
