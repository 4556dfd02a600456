import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp audit verify [--head FILE] [FILE …]

Verifies the audit trail: that no record was changed, removed, added or put elsewhere.

Commands:
  verify   verifies the files of one trail, oldest first; without files those of
           AUDIT_FILE (var/audit.jsonl) and the ones it was renamed to

Options:
  --head FILE  a head file that was kept elsewhere, in place of the one beside the trail
               (audit.head). The command needs the server's STATE_KEY, from the environment or
               .env, to check its seal.

Examples:
  mssql-mcp audit verify
  mssql-mcp audit verify audit-2026-10.jsonl audit.jsonl
  mssql-mcp audit verify --head kept/audit.head

Exit codes: 0 the trail is whole, 1 it has faults, 2 it could not be read or the command line is
wrong.
`;

export const command: Command = {
  summary: 'verify the audit trail',
  help,
  async run([subcommand, ...args]) {
    if (subcommand !== 'verify')
      throw new UsageError(
        subcommand === undefined ? 'audit needs a command: verify.' : `unknown command "audit ${subcommand}".`,
      );
    const { verify } = await import('../audit-verify.js');
    return verify(args);
  },
};
