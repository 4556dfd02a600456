import type { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import type { SqlScope } from '../common/principal.js';
import type { IssuedTokenFacts, IssuedTokens } from '../oauth/tokens/issued-tokens.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { TenantsService } from '../tenancy/tenants.service.js';
import type { IssueOrder, TokensOrder } from './tokens-arguments.js';

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

/** Runs one command. Throws AppError with what is wrong. */
export async function runTokens(order: TokensOrder, parts: TokenCommandParts): Promise<TokenCommandOutput> {
  const { tokens, tenants } = parts;
  switch (order.command) {
    case 'issue':
      return issue(order, parts);
    case 'list':
      return { text: await list(tenantsOf(order.tenant, tenants), order.user, tokens) };
    case 'revoke':
      return { text: await revoke(order.id, tenantsOf(order.tenant, tenants), order.by, parts) };
    default:
      return order satisfies never;
  }
}

async function issue(values: IssueOrder, parts: TokenCommandParts): Promise<TokenCommandOutput> {
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
  throw invalid(`There is no issued token ${id}. "mssql-mcp tokens list" prints the ids.`);
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

function scopeOf(text: string): SqlScope {
  if (text === 'sql:read' || text === 'sql:write') return text;
  throw invalid('--scope must be sql:read or sql:write (which includes reading).');
}

/** The name that was given proves nothing, so the account that ran the command stands beside it. */
function byOf(given: string | undefined, { account }: TokenCommandParts): string {
  if (given !== undefined && !/^[^\p{C}]{1,100}$/u.test(given)) throw invalid('--by must be 1 to 100 characters.');
  return given === undefined ? account : `${given} (${account})`;
}

function invalid(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message);
}
