import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import { isLoopback } from '../../common/loopback.js';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsHosts } from '../validation/network.decorators.js';
import { IsDuration, IsFlag, IsText, rule } from '../validation/setting.decorators.js';
import { asDuration, asFlag, asList, Variable } from '../variable.decorator.js';
import { ProductionConfig } from './production.config.js';

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
  /** Hosts that client-id metadata documents may be fetched from. */
  @Variable('CIMD_ALLOWED_HOSTS', asList)
  @IsHosts()
  readonly cimdAllowedHosts: readonly string[] = ['claude.ai', 'claude.com', 'chatgpt.com', 'openai.com', 'vscode.dev'];
  /** Seconds in which a refresh token may be used again after its first use; 0: never. */
  @Variable('REFRESH_REUSE_GRACE', asDuration) @IsDuration(0, 30 * 86_400) readonly refreshReuseGrace: number = 60;
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
  return readSettings(OAuthConfig, env, faults);
}

export const oauthConfig = registerAs('oauth', () => readNamespace(readOAuthConfig));
