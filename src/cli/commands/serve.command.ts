import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp serve

Starts the server. Its settings come from the environment and from the file .env in the current
directory. With a faulty setting it prints every fault at once and does not start. SIGTERM or
Ctrl-C ends it: calls in flight have 25 s.

Needed settings: MSSQL_HOST, MSSQL_USER, MSSQL_PASSWORD and MSSQL_DATABASE (or
MSSQL_CONNECTION_STRING, or TENANTS_FILE for several databases), and in production PUBLIC_URL
and STATE_KEY. The server only reads unless READ_ONLY_MODE=false.

Examples:
  mssql-mcp doctor && mssql-mcp serve
  SERVER_PORT=8080 mssql-mcp serve

Exit codes: 0 ended by a signal, 1 it could not start, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'start the server, with settings from the environment and .env',
  help,
  async run(args) {
    if (args[0] !== undefined) throw new UsageError(`serve takes no arguments, and "${args[0]}" is one.`);
    const { start } = await import('../../start.js');
    await start();
    // The server keeps the process alive, and ends it itself.
    return 0;
  },
};
