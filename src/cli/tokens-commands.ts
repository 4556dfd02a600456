import { parseArgs } from 'node:util';
import type { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import type { DataScope } from '../common/principal.js';
import type { IssuedTokenFacts, IssuedTokens } from '../oauth/tokens/issued-tokens.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { TenantsService } from '../tenancy/tenants.service.js';

const DEFAULT_DAYS = '30';

export const TOKENS_USAGE = `Usage: npm run tokens -- <command>
  issue --user NAME [--tenant T] [--scope sql:read|sql:write] [--days ${DEFAULT_DAYS}] [--name TEXT] [--by NAME]
                              prints a token for a program that has no browser; it is shown only once
  list [--tenant T] [--user NAME]
  revoke ID [--tenant T] [--by NAME]   ID as the list has it
Without --tenant the default tenant is meant (list and revoke: every tenant).
The token acts for the user, within the user's rights, and ends when the user is disabled or changes the password.
`;

export interface TokenCommandParts {
  readonly tokens: IssuedTokens;
  readonly tenants: TenantsService;
  readonly audit: AuditService;
  /** The account of the operating system that runs the command. */
  readonly account: string;
}

export interface TokenCommandOutput {
  /** For standard output: a new token alone, so that it can be piped. */
  readonly text: string;
  /** For standard error. */
  readonly notice?: string;
}

const OPTIONS = {
  user: { type: 'string' },
  tenant: { type: 'string' },
  scope: { type: 'string', default: 'sql:read' },
  days: { type: 'string', default: DEFAULT_DAYS },
  name: { type: 'string', default: 'issued token' },
  by: { type: 'string' },
} as const;

/** Runs one command. Throws AppError with what is wrong. */
export async function runTokens(args: readonly string[], parts: TokenCommandParts): Promise<TokenCommandOutput> {
  const [command, ...rest] = args;
  const { values, positionals } = parsed(rest);
  const [id, ...more] = positionals;
  switch (command) {
    case 'issue':
      if (id !== undefined || values.user === undefined) throw usage();
      return issue({ ...values, user: values.user }, parts);
    case 'list':
      if (id !== undefined) throw usage();
      return { text: await list(tenantsOf(values.tenant, parts.tenants), values.user, parts.tokens) };
    case 'revoke':
      if (id === undefined || more.length > 0) throw usage();
      return { text: await revoke(id, tenantsOf(values.tenant, parts.tenants), values.by, parts) };
    default:
      throw usage();
  }
}

type Values = ReturnType<typeof parsed>['values'];

async function issue(values: Values & { user: string }, parts: TokenCommandParts): Promise<TokenCommandOutput> {
  const { tokens, tenants, audit } = parts;
  const tenant = values.tenant === undefined ? tenants.default : named(values.tenant, tenants);
  if (tenant === undefined) throw invalid('There are several tenants. Name one with --tenant.');
  const order = {
    subject: values.user,
    scope: scopeOf(values.scope),
    days: /^\d{1,5}$/.test(values.days) ? Number(values.days) : NaN,
    name: values.name,
    by: byOf(values.by, parts),
  };
  const { token, facts } = await tokens.issue(tenant, order, ({ subject, client, scopes, by }) =>
    audit.requiredOauthEvent({ event: 'token_issued', tenant: tenant.name, principal: subject, client, scopes, by }),
  );
  const until = new Date(facts.expiresAt).toISOString().slice(0, 16).replace('T', ' ');
  const notice = `Token ${facts.id} for ${facts.subject} in ${tenant.name} (${facts.scopes.join(' ')}), valid until ${until} UTC. It is not shown again.\n`;
  return { text: `${token}\n`, notice };
}

async function list(tenants: readonly Tenant[], user: string | undefined, tokens: IssuedTokens): Promise<string> {
  const lists = await Promise.all(
    tenants.map(async tenant =>
      (await tokens.list(tenant))
        .filter(({ subject }) => user === undefined || subject === user)
        .map(facts => line(tenant, facts)),
    ),
  );
  return lists.flat().join('') || 'There are no issued tokens.\n';
}

async function revoke(
  id: string,
  tenants: readonly Tenant[],
  givenBy: string | undefined,
  parts: TokenCommandParts,
): Promise<string> {
  const by = byOf(givenBy, parts);
  for (const tenant of tenants) {
    const found = await parts.tokens.revoke(tenant, id);
    if (found === undefined) continue;
    const { subject: principal, client } = found;
    await parts.audit.oauthEvent({ event: 'token_revoked', tenant: tenant.name, principal, client, by });
    return `The token ${id} of ${principal} in ${tenant.name} was revoked.\n`;
  }
  throw invalid(`There is no issued token ${id}. "npm run tokens -- list" prints the ids.`);
}

function line(tenant: Tenant, facts: IssuedTokenFacts): string {
  const date = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const columns = [
    facts.id,
    tenant.name,
    facts.subject,
    facts.scopes.at(-1),
    facts.name,
    `issued ${date(facts.issuedAt)} by ${facts.by}`,
    `until ${date(facts.expiresAt)}`,
    facts.lastUse === undefined ? 'not used yet' : `last use ${date(facts.lastUse)}`,
    ...(facts.isValid ? [] : ['void: the user lost access or changed the password']),
  ];
  return `${columns.join('\t')}\n`;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch {
    throw usage();
  }
}

function tenantsOf(name: string | undefined, tenants: TenantsService): readonly Tenant[] {
  return name === undefined ? tenants.all() : [named(name, tenants)];
}

function named(text: string, tenants: TenantsService): Tenant {
  const name = text.replace(/^\//, '');
  const tenant = tenants.byName(name);
  if (tenant !== undefined) return tenant;
  const names = tenants.all().map(each => each.name);
  throw invalid(`There is no tenant "${name}". The tenants are: ${names.join(', ')}.`);
}

function scopeOf(text: string): DataScope {
  if (text === 'sql:read' || text === 'sql:write') return text;
  throw invalid('--scope must be sql:read or sql:write (which includes reading).');
}

/** The name that was given proves nothing, so the account that ran the command stands beside it. */
function byOf(given: string | undefined, { account }: TokenCommandParts): string {
  if (given !== undefined && !/^[^\p{C}]{1,100}$/u.test(given)) throw invalid('--by must be 1 to 100 characters.');
  return given === undefined ? account : `${given} (${account})`;
}

function usage(): AppError {
  return invalid(TOKENS_USAGE.trimEnd());
}

function invalid(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message);
}
