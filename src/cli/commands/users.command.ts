import { text } from 'node:stream/consumers';
import type { Command } from '../command.js';

const help = `Usage: mssql-mcp users <command>

Manages the people who may sign in, in the file that USERS_FILE names (the environment or .env).
A running server uses a change at the next request.

Commands:
  list                                        everybody in the file, with their rights
  add <name> [--tenants a,b] [--groups x,y]   asks for the password, or reads standard input
  passwd <name>                               what was issued to the person before becomes void
  disable <name>                              a name, or issuer|subject of an identity provider
  enable <name>                               what was issued before stays void

Options of add:
  --tenants a,b  the tenants that the person may use; without it all of them
  --groups x,y   the groups of the person, which access rules may name

Examples:
  mssql-mcp users add ana --tenants production --groups sales
  printf '%s' "$PASSWORD" | mssql-mcp users add ana
  mssql-mcp users disable ana

Exit codes: 0 done, 1 refused (the message says why), 2 the command line is wrong, 130 ended
with Ctrl-C.
`;

export const command: Command = {
  summary: 'list, add, disable and enable the people who may sign in',
  help,
  async run(args) {
    const { readUsersFilePath } = await import('../../config/read-config.js');
    const { runUsers } = await import('../users-commands.js');
    process.stdout.write(await runUsers(args, readUsersFilePath(), askPassword));
    return 0;
  },
};

/**
 * The password: piped in, or typed at a prompt that shows nothing. Never an argument: those are seen by every process.
 */
async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const { default: password } = await import('@inquirer/password');
  // To standard error: standard output has the command's answer only.
  return password({ message: 'Password:' }, { output: process.stderr });
}
