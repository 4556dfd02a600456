import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import { isLoopback } from '../../common/loopback.js';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsHosts, areHosts } from '../validation/network.decorators.js';
import { IsDuration, IsFlag, IsText, IsWholeNumber, rule } from '../validation/setting.decorators.js';
import { asDuration, asFlag, asList, asNumber, type Conversion, Variable } from '../variable.decorator.js';
import { ProductionConfig } from './production.config.js';

export type DocumentSources = 'any' | 'pinned' | readonly string[];

const asDocumentSources: Conversion = text => {
  const word = text.trim().toLowerCase();
  return word === 'any' || word === 'pinned' ? word : asList(text);
};

const IsDocumentSources = () =>
  rule(
    'isDocumentSources',
    // `any,claude.ai` would be a host called "any".
    value =>
      value === 'any' ||
      value === 'pinned' ||
      (areHosts(value) && value.length > 0 && !value.includes('any') && !value.includes('pinned')),
    'must be any, pinned, or a list of host names in lower case, like claude.ai, or *.claude.ai for its subdomains',
  );

const ForTestsOnly = () =>
  rule(
    'forTestsOnly',
    (value, owner) => value === false || owner['production'] === false,
    'is for tests only and must not be set when NODE_ENV is production',
  );

/** Users, clients, and who may call without signing in. */
export class OAuthConfig extends ProductionConfig {
  @Variable('USERS_FILE') @IsText(4096) readonly usersFile: string = 'var/users.json';
  @Variable('CLIENTS_FILE') @IsOptional() @IsText(4096) readonly clientsFile: string | undefined = undefined;
  /** Where client-id metadata documents may be fetched from; `pinned`: from nowhere, only built-in ones are known. */
  @Variable('CLIENT_DOCUMENTS', asDocumentSources) @IsDocumentSources() readonly clientDocuments: DocumentSources =
    'any';
  /** The name of CLIENT_DOCUMENTS in 2.0.0, for a list of hosts. `readOAuthConfig` moves it to `clientDocuments`. */
  @Variable('CIMD_ALLOWED_HOSTS', asList)
  @IsOptional()
  @IsHosts()
  readonly cimdAllowedHosts: readonly string[] | undefined = undefined;
  /** Seconds in which a refresh token may be used again after its first use; 0: never. */
  @Variable('REFRESH_REUSE_GRACE', asDuration) @IsDuration(0, 30 * 86_400) readonly refreshReuseGrace: number = 60;
  /** The longest life of a token that an administrator issues (`mssql-mcp tokens`). */
  @Variable('ISSUED_TOKEN_MAX_DAYS', asNumber) @IsWholeNumber(1, 3_650) readonly issuedTokenMaxDays: number = 90;
  @Variable('ALLOW_UNAUTH_METHODS', asFlag) @ForTestsOnly() @IsFlag() readonly allowUnauthMethods: boolean = false;
  @Variable('ALLOW_UNAUTH_TOOLS_CALL', asFlag) @ForTestsOnly() @IsFlag() readonly allowUnauthToolsCall: boolean = false;
}

/** What is wrong with an instance that answers calls without sign-in to more than this machine; undefined if it does not. */
export function unauthenticatedAccess(
  { allowUnauthMethods, allowUnauthToolsCall }: Pick<OAuthConfig, 'allowUnauthMethods' | 'allowUnauthToolsCall'>,
  host: string,
): string | undefined {
  if ((!allowUnauthMethods && !allowUnauthToolsCall) || isLoopback(host)) return undefined;
  const names = [
    ...(allowUnauthMethods ? ['ALLOW_UNAUTH_METHODS'] : []),
    ...(allowUnauthToolsCall ? ['ALLOW_UNAUTH_TOOLS_CALL'] : []),
  ];
  return `${names.join(' and ')} let anybody who reaches ${host} call this server without signing in. Remove them, or set SERVER_HOST=127.0.0.1.`;
}

export function readOAuthConfig(env: Environment, faults: Faults): OAuthConfig {
  const config = readSettings(OAuthConfig, env, faults);
  const { clientDocuments, cimdAllowedHosts } = config;
  if (cimdAllowedHosts === undefined) return config;
  const former = cimdAllowedHosts.length === 0 ? 'pinned' : cimdAllowedHosts;
  if (env.text('CLIENT_DOCUMENTS') !== undefined && !isSame(clientDocuments, former))
    faults.add(
      'CLIENT_DOCUMENTS and CIMD_ALLOWED_HOSTS contradict each other. Remove CIMD_ALLOWED_HOSTS, which is the earlier name.',
    );
  return Object.assign(config, { clientDocuments: former });
}

function isSame(one: DocumentSources, other: DocumentSources): boolean {
  const sorted = (sources: DocumentSources): string => [sources].flat().sort().join();
  return sorted(one) === sorted(other);
}

export const oauthConfig = registerAs('oauth', () => readNamespace(readOAuthConfig));
