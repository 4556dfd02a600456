import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp cache clear [--tenant NAME]

Drops the answers of verified queries and metrics that the server keeps ("cache" in the knowledge file), with SQLite and
with Redis. A running server uses none of them from then on. Run it after data was changed by another program, where
change tracking is off.

Options:
  --tenant NAME  this tenant only; without it all of them

Example:
  mssql-mcp cache clear --tenant sales

Exit codes: 0 done, 1 the state store can not be reached, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'drop the cached answers of verified queries and metrics',
  help,
  async run([name, ...rest]) {
    if (name !== 'clear')
      throw new UsageError(name === undefined ? 'say which command: clear.' : `unknown command "${name}".`);
    const tenant = await tenantOf(rest);
    const { clearCache } = await import('../cache-context.js');
    const cleared = await clearCache(tenant);
    process.stdout.write(`Cleared: ${cleared.join(', ')}\n`);
    return 0;
  },
};

async function tenantOf(args: readonly string[]): Promise<string | undefined> {
  const { parseArgs } = await import('node:util');
  try {
    return parseArgs({ args: [...args], options: { tenant: { type: 'string' } } }).values.tenant;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
