import { AuditConfig } from './namespaces/audit.config.js';
import { ExportConfig } from './namespaces/export.config.js';
import { HttpConfig } from './namespaces/http.config.js';
import { LogConfig } from './namespaces/log.config.js';
import { McpConfig } from './namespaces/mcp.config.js';
import { MetricsConfig } from './namespaces/metrics.config.js';
import { OAuthConfig } from './namespaces/oauth.config.js';
import { ProxyConfig } from './namespaces/proxy.config.js';
import { StateConfig } from './namespaces/state.config.js';
import { TenantsConfig } from './namespaces/tenants.config.js';
import { variablesOf } from './variable.decorator.js';

type Sum = HttpConfig &
  LogConfig &
  McpConfig &
  OAuthConfig &
  StateConfig &
  AuditConfig &
  MetricsConfig &
  TenantsConfig &
  ProxyConfig &
  ExportConfig;

/** The namespaces by the name that they are registered with. */
export const NAMESPACES = {
  http: HttpConfig,
  log: LogConfig,
  mcp: McpConfig,
  oauth: OAuthConfig,
  state: StateConfig,
  audit: AuditConfig,
  metrics: MetricsConfig,
  tenants: TenantsConfig,
  proxy: ProxyConfig,
  export: ExportConfig,
} as const;

const Defaults = class {
  constructor() {
    for (const type of Object.values(NAMESPACES)) Object.assign(this, new type());
  }
} as new () => Sum;

/** The whole configuration of a process: all namespaces in one object. Providers inject the namespaces that they need. */
export class ServerConfig extends Defaults {
  /** Told once in the log: settings that have no effect, or not the expected one. */
  readonly notices: readonly string[] = [];
}

/** The properties of one namespace; another namespace's secrets are not in it. */
export function namespaceOf(config: ServerConfig, type: new () => object): object {
  const namespace = new type();
  const properties = new Set([...Object.keys(namespace), ...Object.keys(variablesOf(type))]) as Set<keyof ServerConfig>;
  return Object.assign(namespace, Object.fromEntries([...properties].map(property => [property, config[property]])));
}
