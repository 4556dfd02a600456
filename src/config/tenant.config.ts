import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
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
export const TENANT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62})$/;

export type ResultFormat = 'compact' | 'objects' | 'csv' | 'markdown';
export type ConfirmWrites = 'when_possible' | 'true' | 'false';

export class DatabaseConfig {
  /** Host name, or `host\instance` (then the port is looked up by the SQL Server Browser service). */
  @IsString() @IsNotEmpty() @MaxLength(255) host!: string;
  @IsInt() @Min(1) @Max(65535) port = 1433;
  @IsString() @IsNotEmpty() @MaxLength(128) user!: string;
  @IsString() @IsNotEmpty() @MaxLength(256) password!: string;
  @IsString() @IsNotEmpty() @MaxLength(128) database!: string;
  @IsBoolean() encrypt = true;
  @IsBoolean() trustServerCertificate = false;
  /** `sql` login, `ntlm` (user is `DOMAIN\name`), or an Entra ID application (`user` is its client id, `password` its secret). */
  @IsIn(['sql', 'ntlm', 'entra']) authentication: 'sql' | 'ntlm' | 'entra' = 'sql';
  /** Directory (tenant) id; only for `entra`. */
  @IsOptional() @IsString() @MaxLength(128) entraTenantId?: string;
}

/** Limits of one call and of the tenant's pool. Times in milliseconds, sizes in bytes of UTF-8. */
export class LimitsConfig {
  @IsInt() @Min(100) @Max(3_600_000) queryTimeoutMs = 30_000;
  @IsInt() @Min(1) @Max(10_000_000) maxRows = 1_000;
  /** Of the text block of a result. */
  @IsInt() @Min(1_000) @Max(1_000_000_000) maxResultBytes = 120_000;
  /** Longest text of one cell; the rest is cut and its full length stated. */
  @IsInt() @Min(16) @Max(1_000_000_000) maxCellBytes = 32_000;
  @IsInt() @Min(1) @Max(256) poolMax = 16;
  /** How long a call may wait for a connection. */
  @IsInt() @Min(100) @Max(60_000) poolWaitMs = 5_000;
  /** How many rows a cursor may skip. */
  @IsInt() @Min(0) @Max(100_000_000) maxSkipRows = 1_000_000;
}

/** What a person, or a group of an upstream provider, may do in this tenant. */
export class AccessRuleConfig {
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(512) user?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(512) group?: string;
  @IsIn(['sql:read', 'sql:write']) scope: 'sql:read' | 'sql:write' = 'sql:read';
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) tools?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) schemas?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(2000) @IsString({ each: true }) tables?: string[];
  @IsOptional() @IsObject() attributes?: Record<string, string>;
}

export class UpstreamConfig {
  @IsUrl({ require_tld: false, protocols: ['https', 'http'], require_protocol: true }) issuer!: string;
  @IsString() @IsNotEmpty() clientId!: string;
  @IsString() @IsNotEmpty() clientSecret!: string;
  @IsArray() @IsString({ each: true }) scopes: string[] = ['openid', 'profile', 'email'];
  /** The claim that lists a person's groups. */
  @IsString() groupsClaim = 'groups';
  /** What the sign-in button says. */
  @IsString() @MaxLength(60) label = 'Single sign-on';
}

export class TenantConfig {
  @Matches(TENANT_NAME, { message: 'name must be 1-63 of a-z, 0-9 and "-", beginning with a letter or digit' })
  name!: string;
  /** True when the tenant lives at the root of the server and has no prefix (one tenant, no ENVIRONMENT_PATH). */
  @IsBoolean() atRoot = false;
  @ValidateNested() @Type(() => DatabaseConfig) database!: DatabaseConfig;
  @IsBoolean() readOnly = true;
  @IsBoolean() requireReadonlyLogin = false;
  @ValidateNested() @Type(() => LimitsConfig) limits = new LimitsConfig();
  @IsIn(['compact', 'objects', 'csv', 'markdown']) format: ResultFormat = 'compact';
  @IsIn(['when_possible', 'true', 'false']) confirmWrites: ConfirmWrites = 'when_possible';
  /** `DECLARE … SELECT` and several SELECTs in one call. */
  @IsBoolean() allowMultipleStatements = false;
  /** `OtherDb.dbo.Table`. */
  @IsBoolean() allowThreePartNames = false;
  /** Names of the tools this tenant offers; absent: all. */
  @IsOptional() @IsArray() @IsString({ each: true }) tools?: string[];
  /** Who may sign in; absent: every enabled local user, with the highest scope the tenant has. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => AccessRuleConfig)
  access?: AccessRuleConfig[];
  @IsArray() @IsString({ each: true }) allowedRedirectHosts: string[] = [
    'claude.ai',
    'claude.com',
    'anthropic.com',
    'chatgpt.com',
    'vscode.dev',
  ];
  /** Exact custom schemes (`cursor`) that a redirect URI may have. */
  @IsArray() @IsString({ each: true }) allowedRedirectSchemes: string[] = [];
  @IsOptional() @ValidateNested() @Type(() => UpstreamConfig) upstream?: UpstreamConfig;
  /** Statement text in the audit trail (never in the log). */
  @IsBoolean() auditStatementText = true;
}
