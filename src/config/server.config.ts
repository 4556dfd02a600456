import type { TenantConfig } from './tenant.config.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Everything the process needs to know, validated. Injected by this class. */
export class ServerConfig {
  readonly production!: boolean;
  readonly host!: string;
  readonly port!: number;
  /** The origin clients see, without a trailing slash. Issuers and metadata are built from it, never from a header. */
  readonly publicUrl!: string;
  readonly logLevel!: LogLevel;
  /** Prometheus port; 0 picks a free one. */
  readonly metricsPort!: number;
  readonly tenants!: readonly TenantConfig[];
  readonly defaultTenant!: string | undefined;
  /** One tenant without ENVIRONMENT_PATH: it takes the path of a trusted proxy's first valid X-Environment-Path. */
  readonly adoptsPath!: boolean;
  /** Addresses or CIDR ranges. */
  readonly trustedProxies!: readonly string[];
  /** Exact origins; loopback origins of any port are always allowed. */
  readonly allowedOrigins!: readonly string[];
  readonly stateStore!: string;
  /** 32 bytes; `undefined` lets the state store keep one in var/ (not in production). */
  readonly stateKey!: Buffer | undefined;
  readonly cimdAllowedHosts!: readonly string[];
  readonly usersFile!: string;
  readonly clientsFile!: string | undefined;
  readonly demoPassword!: string | undefined;
  readonly allowUnauthMethods!: boolean;
  readonly allowUnauthToolsCall!: boolean;
  readonly maxStreams!: number;
  readonly maxStreamsPerPrincipal!: number;
  readonly auditFile!: string;
  /** Where `MSSQL_DRIVER` and the like were set: told once in the log. */
  readonly notices!: readonly string[];
}
