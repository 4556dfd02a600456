import { isIP } from 'node:net';
import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import { LOOPBACK_HOSTS } from '../../common/loopback.js';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsAddressRanges, IsListenAddress, IsPublicUrl } from '../validation/network.decorators.js';
import { IsWholeNumber, rule } from '../validation/setting.decorators.js';
import { asList, asNumber, Variable } from '../variable.decorator.js';
import { ProductionConfig } from './production.config.js';

const IsAppsChallenge = () =>
  rule(
    'isAppsChallenge',
    value => /^[\x21-\x7e]{1,512}$/.test(String(value)),
    "must be the text that OpenAI's portal shows, without spaces and of at most 512 characters",
  );

/** Where the server listens, and where clients see it. */
export class HttpConfig extends ProductionConfig {
  @Variable('SERVER_HOST') @IsListenAddress() readonly host: string = '0.0.0.0';
  /** 0 takes any free port. */
  @Variable('SERVER_PORT', asNumber) @IsWholeNumber(0, 65_535) readonly port: number = 8008;
  /** The origin clients see, without a trailing slash. Issuers and metadata are built from it, never from a header. */
  @Variable('PUBLIC_URL') @IsPublicUrl() readonly publicUrl!: string;
  /** Addresses or CIDR ranges. */
  @Variable('TRUSTED_PROXIES', asList)
  @IsAddressRanges()
  readonly trustedProxies: readonly string[] = ['127.0.0.0/8', '::1/128'];
  /** What OpenAI reads to verify that the publisher of an app controls this host. It is no secret. */
  @Variable('OPENAI_APPS_CHALLENGE')
  @IsOptional()
  @IsAppsChallenge()
  readonly appsChallenge: string | undefined = undefined;
}

export function readHttpConfig(env: Environment, faults: Faults): HttpConfig {
  const config = readSettings(HttpConfig, env, faults);
  return Object.assign(config, { publicUrl: URL.parse(config.publicUrl)?.origin ?? loopbackUrl(config) });
}

/** What clients on this machine can use when PUBLIC_URL is not set. */
function loopbackUrl({ host, port }: HttpConfig): string {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return `http://${LOOPBACK_HOSTS.has(name) ? name : '127.0.0.1'}:${port}`;
}

export const httpConfig = registerAs('http', () => readNamespace(readHttpConfig));
