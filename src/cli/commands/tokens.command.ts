import type { Command } from '../command.js';

const help = `Usage: mssql-mcp tokens <command>

Issues, lists and revokes tokens for programs that have no browser. A token acts for one user,
within the user's rights, and ends when the user is disabled or changes the password. The
command needs the server's settings (the environment or .env), because the token is kept in the
state store.

Commands:
  issue --user NAME [options]   prints a new token, once; what it is for goes to standard error
  list [options]                ID, tenant, user, scope, name, issued, valid until, last use
  revoke ID [options]           ID as the list has it

Options:
  --user NAME    issue: for whom; list: only the tokens of this user
  --tenant T     without it: issue means the default tenant, list and revoke mean every tenant
  --scope S      sql:read (the default) or sql:write, which includes reading
  --days N       how long the token is valid: 30 days by default, at most ISSUED_TOKEN_MAX_DAYS
  --name TEXT    what the token is for
  --by NAME      who issues or revokes it; the audit trail also has the account of this machine

Examples:
  mssql-mcp tokens issue --user ana --tenant production --days 90 --name 'nightly report'
  mssql-mcp tokens list --user ana
  mssql-mcp tokens revoke 4f1c0a9b7d2e63a850

Exit codes: 0 done, 1 refused (the message says why), 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'issue, list and revoke tokens for programs without a browser',
  help,
  async run(args) {
    const { readTokensCommand } = await import('../tokens-arguments.js');
    const order = readTokensCommand(args);
    const { runTokensHere } = await import('../tokens-context.js');
    const { text, notice = '' } = await runTokensHere(order);
    process.stderr.write(notice);
    process.stdout.write(text);
    return 0;
  },
};
