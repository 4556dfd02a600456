import { parseArgs } from 'node:util';
import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp demo [--port N] [--host ADDRESS]

Starts the server with two sample databases in memory, and prints the MCP URL, a user and a
password to sign in with, questions to ask, and the lines to paste into Claude Code, MCP
Inspector and curl. It needs no SQL Server and no settings. The tenant demo only reads; the
tenant workshop also writes. Both have new data at each start. The files of the demo are in
var/demo-PORT of the current directory. Ctrl-C ends it.

Options:
  --port N        the port, also SERVER_PORT (8008)
  --host ADDRESS  the address to listen at, also SERVER_HOST (127.0.0.1)

DEMO_PASSWORD sets the password, which otherwise is new at every start. The other settings of
the server hold too.

Examples:
  mssql-mcp demo
  mssql-mcp demo --port 9000

Exit codes: 0 ended by a signal, 1 it could not start, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'start the server with a sample database, without any settings',
  help,
  async run(args) {
    const options = readOptions(args);
    const { startDemo } = await import('../demo/start-demo.js');
    process.stdout.write(await startDemo(options));
    // The server keeps the process alive, and ends it itself.
    return 0;
  },
};

function readOptions(args: readonly string[]): {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
} {
  try {
    return parseArgs({ args: [...args], options: { port: { type: 'string' }, host: { type: 'string' } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
