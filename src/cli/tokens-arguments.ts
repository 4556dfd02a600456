import { parseArgs } from 'node:util';
import { UsageError } from './command.js';

const OPTIONS = {
  user: { type: 'string' },
  tenant: { type: 'string' },
  scope: { type: 'string', default: 'sql:read' },
  days: { type: 'string', default: '30' },
  name: { type: 'string', default: 'issued token' },
  by: { type: 'string' },
} as const;

export interface IssueOrder {
  readonly command: 'issue';
  readonly user: string;
  readonly tenant?: string | undefined;
  readonly scope: string;
  readonly days: string;
  readonly name: string;
  readonly by?: string | undefined;
}

/** What `mssql-mcp tokens` was asked for. The values themselves are checked where they are used. */
export type TokensOrder =
  | IssueOrder
  | { readonly command: 'list'; readonly tenant?: string | undefined; readonly user?: string | undefined }
  | {
      readonly command: 'revoke';
      readonly id: string;
      readonly tenant?: string | undefined;
      readonly by?: string | undefined;
    };

/** Throws UsageError. */
export function readTokensCommand([command, ...rest]: readonly string[]): TokensOrder {
  const { values, positionals } = parsed(rest);
  const [first, ...more] = positionals;
  const { user, tenant, scope, days, name, by } = values;
  switch (command) {
    case 'issue':
      if (user === undefined) throw new UsageError('tokens issue needs --user NAME.');
      refuseArguments(positionals);
      return { command, user, tenant, scope, days, name, by };
    case 'list':
      refuseArguments(positionals);
      return { command, tenant, user };
    case 'revoke':
      if (first === undefined) throw new UsageError('tokens revoke needs the ID that "mssql-mcp tokens list" prints.');
      refuseArguments(more);
      return { command, id: first, tenant, by };
    case undefined:
      throw new UsageError('tokens needs a command: issue, list or revoke.');
    default:
      throw new UsageError(`unknown command "tokens ${command}". The commands are issue, list and revoke.`);
  }
}

function refuseArguments([unexpected]: readonly string[]): void {
  if (unexpected !== undefined) throw new UsageError(`unexpected argument "${unexpected}".`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
