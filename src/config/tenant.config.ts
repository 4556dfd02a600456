import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNotIn,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

/** `/demo` → `demo`. Matched exactly, case included. */
const TENANT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62})$/;
/** First segments of paths without a prefix: such a tenant would take them from the process and from the default tenant. */
const OWN_PATHS: readonly string[] = [
  ...['sse', 'mcp', 'messages', 'health', 'docs', 'account', 'login', 'interaction'],
  ...['authorize', 'token', 'register', 'revoke', 'introspect', 'jwks', 'metrics'],
];
/** As a file, the environment or a proxy's header may name one. */
export function isTenantName(name: string): boolean {
  return TENANT_NAME.test(name) && !OWN_PATHS.includes(name);
}
export const TENANT_PATH_RULE =
  'must be a path like /demo: 1 to 63 of a-z, 0-9 and "-", and none of the server\'s own (/health, /sse …)';

/** A host name, or `*.` and one; never `*` alone. */
export const HOST_PATTERN =
  /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
export const HOST_RULE = 'must be host names in lower case like claude.ai, or *.claude.ai for those below it';
/** RFC 3986 §3.1, without those that a browser runs, shows or fetches by itself. */
export const SCHEME_PATTERN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|vbscript)$)[a-z][a-z0-9+.-]{0,63}$/;
export const SCHEME_RULE = 'must be custom schemes in lower case like cursor, not one that a browser opens by itself';

const NESTED = { message: 'must hold settings of its own, as in config/tenants.example.yaml' };

export type ResultFormat = 'compact' | 'objects' | 'csv' | 'markdown';
export type ConfirmWrites = 'when_possible' | 'true' | 'false';

export class DatabaseConfig {
  /** Host name, or `host\instance` (then the port is looked up by the SQL Server Browser service). */
  // The other forms are ODBC's: `tcp:host,1433`.
  @Matches(/^(?!(?:tcp|np|lpc):)(?![^:]*:\d+$)[^\s,/]{1,255}$/i, {
    message: 'must be a host name or HOST\\INSTANCE alone: the port has a setting of its own',
  })
  host!: string;
  @Min(1) @Max(65535) @IsInt() port = 1433;
  @MaxLength(128) @IsNotEmpty() @IsString() user!: string;
  @MaxLength(256) @IsNotEmpty() @IsString() password!: string;
  @MaxLength(128) @IsNotEmpty() @IsString() database!: string;
  @IsBoolean() encrypt = true;
  @IsBoolean() trustServerCertificate = false;
  /** `sql` login, `ntlm` (user is `DOMAIN\name`), or an Entra ID application (`user` is its client id, `password` its secret). */
  @IsIn(['sql', 'ntlm', 'entra']) authentication: 'sql' | 'ntlm' | 'entra' = 'sql';
  /** Directory (tenant) id; only for `entra`. */
  @IsOptional() @MaxLength(128) @IsString() entraTenantId?: string;
}

/** Limits of one call and of the tenant's pool. Times in milliseconds, sizes in bytes of UTF-8. */
export class LimitsConfig {
  @Min(100) @Max(3_600_000) @IsInt() queryTimeoutMs = 30_000;
  @Min(1) @Max(10_000_000) @IsInt() maxRows = 1_000;
  /** Of the text block of a result. */
  @Min(1_000) @Max(1_000_000_000) @IsInt() maxResultBytes = 120_000;
  /** Longest text of one cell; the rest is cut and its full length stated. */
  @Min(16) @Max(1_000_000_000) @IsInt() maxCellBytes = 32_000;
  @Min(1) @Max(256) @IsInt() poolMax = 16;
  /** How long a call may wait for a connection. */
  @Min(100) @Max(60_000) @IsInt() poolWaitMs = 5_000;
  /** How many rows a cursor may skip. */
  @Min(0) @Max(100_000_000) @IsInt() maxSkipRows = 1_000_000;
}

/** What a person, or a group of an upstream provider, may do in this tenant. */
export class AccessRuleConfig {
  @IsOptional() @MaxLength(512) @IsNotEmpty() @IsString() user?: string;
  @IsOptional() @MaxLength(512) @IsNotEmpty() @IsString() group?: string;
  @IsIn(['sql:read', 'sql:write']) scope: 'sql:read' | 'sql:write' = 'sql:read';
  @IsOptional() @IsString({ each: true }) @ArrayMaxSize(200) @IsArray() tools?: string[];
  @IsOptional() @IsString({ each: true }) @ArrayMaxSize(200) @IsArray() schemas?: string[];
  @IsOptional() @IsString({ each: true }) @ArrayMaxSize(2000) @IsArray() tables?: string[];
  @IsOptional() @IsObject() attributes?: Record<string, string>;
}

export class UpstreamConfig {
  @IsUrl({ require_tld: false, protocols: ['https', 'http'], require_protocol: true }) issuer!: string;
  @IsNotEmpty() @IsString() clientId!: string;
  @IsNotEmpty() @IsString() clientSecret!: string;
  @IsString({ each: true }) @IsArray() scopes: string[] = ['openid', 'profile', 'email'];
  /** The claim that lists a person's groups. */
  @IsString() groupsClaim = 'groups';
  /** What the sign-in button says. */
  @MaxLength(60) @IsString() label = 'Single sign-on';
}

export class TenantConfig {
  @IsNotIn(OWN_PATHS, { message: TENANT_PATH_RULE })
  @Matches(TENANT_NAME, { message: TENANT_PATH_RULE })
  name!: string;
  /** True when the tenant lives at the root of the server and has no prefix (one tenant, no ENVIRONMENT_PATH). */
  @IsBoolean() atRoot = false;
  @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => DatabaseConfig) database!: DatabaseConfig;
  @IsBoolean() readOnly = true;
  @IsBoolean() requireReadonlyLogin = false;
  @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => LimitsConfig) limits = new LimitsConfig();
  @IsIn(['compact', 'objects', 'csv', 'markdown']) format: ResultFormat = 'compact';
  @IsIn(['when_possible', 'true', 'false']) confirmWrites: ConfirmWrites = 'when_possible';
  /** `DECLARE … SELECT` and several SELECTs in one call. */
  @IsBoolean() allowMultipleStatements = false;
  /** `OtherDb.dbo.Table`. */
  @IsBoolean() allowThreePartNames = false;
  /** Names of the tools this tenant offers; absent: all. */
  @IsOptional() @IsString({ each: true }) @IsArray() tools?: string[];
  /** Who may sign in; absent: every enabled local user, with the highest scope the tenant has. */
  @IsOptional()
  @ValidateNested({ each: true, message: 'must be a list of rules, each with a user or a group' })
  @ArrayMaxSize(10_000)
  @IsArray()
  @Type(() => AccessRuleConfig)
  access?: AccessRuleConfig[];
  @Matches(HOST_PATTERN, { each: true, message: HOST_RULE }) @IsArray() allowedRedirectHosts: string[] = [
    'claude.ai',
    'claude.com',
    'anthropic.com',
    'chatgpt.com',
    'vscode.dev',
  ];
  /** Exact custom schemes (`cursor`) that a redirect URI may have. */
  @Matches(SCHEME_PATTERN, { each: true, message: SCHEME_RULE }) @IsArray() allowedRedirectSchemes: string[] = [];
  @IsOptional() @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => UpstreamConfig) upstream?: UpstreamConfig;
  /** Statement text in the audit trail (never in the log). */
  @IsBoolean() auditStatementText = true;
}
