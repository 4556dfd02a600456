import { isIP } from 'node:net';
import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import { type Environment, processVariables, withEnvFile } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings, variablesSet } from '../read-settings.js';
import { Secret } from '../secret.decorator.js';
import { rule } from '../validation/setting.decorators.js';
import { asList, Variable, variablesOf } from '../variable.decorator.js';

/** The lower-case names are as common; of two that are set, the upper-case one holds. */
const LOWER_CASE: Readonly<Record<string, string>> = {
  httpsProxy: 'https_proxy',
  httpProxy: 'http_proxy',
  noProxy: 'no_proxy',
};
const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', ...Object.values(LOWER_CASE)];

const IsProxy = () =>
  rule(
    'isProxy',
    value => ['http:', 'https:'].includes(URL.parse(String(value))?.protocol ?? ''),
    'must be the URL of a proxy, such as http://proxy.example.internal:3128',
  );
const HOST_OR_RANGE = /^(?:\*|[^\s/]{1,255}|[0-9a-f.:]+\/\d{1,3})$/i;

const IsNoProxy = () =>
  rule(
    'isNoProxy',
    value => Array.isArray(value) && value.length <= 200 && value.every(isException),
    'must be a list of at most 200 hosts, addresses and ranges, such as .example.internal,10.0.0.0/8',
  );

function isException(entry: unknown): boolean {
  const [address = '', bits] = String(entry).split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return HOST_OR_RANGE.test(String(entry)) && (bits === undefined || (isIP(address) !== 0 && Number(bits) <= most));
}

/** An address may have a user and a password. */
const WithoutUser = () =>
  Secret(value => {
    const url = URL.parse(String(value));
    return url === null ? undefined : url.origin;
  });

/** Many programs take `proxy.example.internal:3128`, too. */
const asProxy = (text: string): string => (text.includes('://') ? text.trim() : `http://${text.trim()}`);
/** Separated by commas or spaces. */
const asHosts = (text: string): readonly string[] => asList(text.replaceAll(/\s+/g, ',')) as readonly string[];

/** The forward proxy for requests that this server makes. */
export class ProxyConfig {
  @Variable('HTTPS_PROXY', asProxy)
  @WithoutUser()
  @IsOptional()
  @IsProxy()
  readonly httpsProxy: string | undefined = undefined;
  @Variable('HTTP_PROXY', asProxy)
  @WithoutUser()
  @IsOptional()
  @IsProxy()
  readonly httpProxy: string | undefined = undefined;
  /** Hosts that are asked without a proxy. */
  @Variable('NO_PROXY', asHosts) @IsNoProxy() readonly noProxy: readonly string[] = [];
}

export function readProxyConfig(env: Environment, faults: Faults): ProxyConfig {
  const set = variablesSet(ProxyConfig, env);
  for (const [property, { convert }] of Object.entries(variablesOf(ProxyConfig))) {
    const text = env.text(LOWER_CASE[property] ?? '');
    if (text !== undefined) set[property] ??= convert(text);
  }
  return readSettings(ProxyConfig, env, faults, set);
}

/** The Azure libraries read these variables themselves, so those of `.env` are copied to where they look. */
export function shareProxyVariables(env: Record<string, string | undefined> = processVariables(), file?: string): void {
  const all = withEnvFile(env, file);
  for (const name of NAMES) if (all[name] !== undefined) env[name] ??= all[name];
}

export const proxyConfig = registerAs('proxy', () => readNamespace(readProxyConfig));
