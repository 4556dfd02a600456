import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsUrl, ValidateNested } from 'class-validator';
import { BrandConfig } from './brand.config.js';
import { BudgetConfig } from './budget.config.js';
import { asCost, CostInYaml, IsCost } from './cost.js';
import { DatabaseConfig } from './database.config.js';
import { Secret } from '../secret.decorator.js';
import { IsTenantPath } from './tenant-path.js';
import { IsAttributes, IsDatabaseList, IsUserOrGroup } from '../validation/tenant.decorators.js';
import { IsCustomSchemes, IsHosts } from '../validation/network.decorators.js';
import {
  IsChoice,
  IsDuration,
  IsFlag,
  IsText,
  IsTextList,
  IsWholeNumber,
  Needs,
} from '../validation/setting.decorators.js';
import { asDuration, asDurationOrOff, asFlag, asList, asNumber, asWord, Variable } from '../variable.decorator.js';

const NESTED = { message: 'must hold settings of its own, as in config/tenants.example.yaml' };
const FORMATS = ['compact', 'objects', 'csv', 'markdown'] as const;
const ISOLATIONS = ['read_committed', 'read_uncommitted', 'repeatable_read', 'snapshot'] as const;
const PRIORITIES = ['low', 'normal'] as const;
const CONFIRMATIONS = ['when_possible', 'true', 'false'] as const;
const VALUE_SEARCHES = ['auto', 'off', 'always'] as const;
const CERTIFICATES = ['optional', 'required'] as const;

export type ResultFormat = (typeof FORMATS)[number];
export type ConfirmWrites = (typeof CONFIRMATIONS)[number];
export type ValueSearch = (typeof VALUE_SEARCHES)[number];

/** YAML reads `off` as a text in its version 1.2, and as `false` before. */
function durationOrOff(value: unknown): unknown {
  if (value === false) return 0;
  return typeof value === 'string' ? asDurationOrOff(value) : value;
}

const longCanRun = ({ longQueries, poolMax }: LimitsConfig): boolean => longQueries === 0 || poolMax !== 1;

/** Limits of one call and of the tenant's pool. Times in milliseconds, sizes in bytes of UTF-8. */
export class LimitsConfig {
  @Variable('QUERY_TIMEOUT_MS', asNumber) @IsWholeNumber(100, 3_600_000) queryTimeoutMs: number = 30_000;
  /** How long a statement waits for a lock, in seconds; 0: as long as the call may. At most 80% of the call's time. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asDuration(value) : value))
  @Variable('LOCK_TIMEOUT', asDuration)
  @IsDuration(0, 3_600)
  lockTimeout: number = 10;
  /** How long a statement may run when its caller can get a handle, in seconds; 0: callers get no handles. */
  @Transform(({ value }: { value: unknown }) => durationOrOff(value))
  @Variable('LONG_QUERIES', asDurationOrOff)
  @IsDuration(0, 86_400)
  @Needs('a POOL_MAX of 2 or more: a long statement would block the only connection for everybody else', longCanRun)
  longQueries: number = 0;
  /** After how many seconds a call is answered with a handle. Clients stop waiting after 60 s to 4 minutes. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asDuration(value) : value))
  @Variable('ANSWER_WITHIN', asDuration)
  @IsDuration(1, 240)
  answerWithin: number = 45;
  /**
   * The largest estimated cost of a statement (SET QUERY_GOVERNOR_COST_LIMIT); 0: no limit. The unit is the optimizer's:
   * roughly the seconds that the statement would have taken on a machine of the 1990s.
   */
  @CostInYaml() @Variable('MAX_QUERY_COST', asCost) @IsCost() maxQueryCost: number = 0;
  @Variable('MAX_ROWS', asNumber) @IsWholeNumber(1, 10_000_000) maxRows: number = 1_000;
  /** The text block of a result. A token has at least one byte, so by default any page is below 16,000 tokens. */
  @Variable('MAX_RESULT_BYTES', asNumber) @IsWholeNumber(1_000, 1_000_000_000) maxResultBytes: number = 16_000;
  /** The longest text of one cell; a longer text is cut and its full length is stated. */
  @Variable('MAX_CELL_BYTES', asNumber) @IsWholeNumber(16, 1_000_000_000) maxCellBytes: number = 4_000;
  @Variable('POOL_MAX', asNumber) @IsWholeNumber(1, 256) poolMax: number = 16;
  /** How long a call may wait for a connection. */
  @IsWholeNumber(100, 60_000) poolWaitMs: number = 5_000;
  /** How many rows a cursor may skip. */
  @IsWholeNumber(0, 100_000_000) maxSkipRows: number = 1_000_000;
  @Variable('EXPORT_MAX_ROWS', asNumber) @IsWholeNumber(1, 1_000_000_000) exportMaxRows: number = 5_000_000;
  /** The bytes of one exported file. */
  @Variable('EXPORT_MAX_BYTES', asNumber)
  @IsWholeNumber(1_000, 1_000_000_000_000)
  exportMaxBytes: number = 2_000_000_000;
  /** How long the statement of an export may run, its download included. */
  @Variable('EXPORT_TIMEOUT_MS', asNumber) @IsWholeNumber(1_000, 21_600_000) exportTimeoutMs: number = 900_000;
}

/** What a person, a group or a machine client may do in this tenant. */
export class AccessRuleConfig {
  @IsUserOrGroup() user?: string;
  @IsOptional() @IsText(512) group?: string;
  /** The client_id of a client of CLIENTS_FILE that acts for itself (client_credentials). */
  @IsOptional() @IsText(200) client?: string;
  @IsChoice(['sql:read', 'sql:write']) scope: 'sql:read' | 'sql:write' = 'sql:read';
  /** Whether they may export whole results as files, where the tenant has exports. */
  @IsOptional() @IsFlag() exports?: boolean;
  @IsOptional() @IsTextList(200) tools?: string[];
  @IsOptional() @IsTextList(200) schemas?: string[];
  @IsOptional() @IsTextList(2000) tables?: string[];
  @IsOptional() @IsAttributes() attributes?: Record<string, string>;
  /** Whether the person may put definitions into the queue of suggestions. */
  @IsOptional() @IsFlag() maySuggest?: boolean;
  /** Whether the person may see the slow statements of the database, also those of others. */
  @IsOptional() @IsFlag() operator?: boolean;
  /** Whether the person may export all that belongs to one person (docs/knowledge.md, subjects). */
  @IsOptional() @IsFlag() subjectAccess?: boolean;
  /** Replaces the tenant's `limits.max_query_cost` for these people; 0: no limit. */
  @IsOptional() @CostInYaml() @IsCost() maxQueryCost?: number;
  /** Up to this estimated cost the person may let a statement pass once, when the server asks them. */
  @IsOptional() @CostInYaml() @IsCost({ mayBeOff: false }) costOverride?: number;
  /** How much each of these people may use in an hour or a day. */
  @IsOptional() @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => BudgetConfig) budget?: BudgetConfig;
}

export class UpstreamConfig {
  @IsUrl(
    { require_tld: false, protocols: ['https', 'http'], require_protocol: true },
    { message: 'must be the URL of the identity provider, like https://login.example.com/tenant' },
  )
  issuer!: string;
  @IsText(2048) clientId!: string;
  @Secret() @IsText(4096) clientSecret!: string;
  @IsTextList(100) scopes: string[] = ['openid', 'profile', 'email'];
  /** The claim that lists a person's groups. */
  @IsText(256) groupsClaim: string = 'groups';
  /** What the sign-in button says. */
  @IsText(60) label: string = 'Single sign-on';
}

/** The settings of a tenant that the environment can give for all tenants. */
export class TenantDefaults {
  @Variable('REQUIRE_READONLY_LOGIN', asFlag) @IsFlag() requireReadonlyLogin: boolean = false;
  /** Tells the database who is calling (SESSION_CONTEXT). Without it, users with attributes are refused. */
  @Variable('SESSION_CONTEXT', asFlag) @IsFlag() sessionContext: boolean = true;
  /** The isolation level of reads that choose none themselves. */
  @Variable('READ_ISOLATION', asWord) @IsChoice(ISOLATIONS) readIsolation: (typeof ISOLATIONS)[number] =
    'read_committed';
  /** Which side loses a deadlock between a read and another program's transaction: with `low` the read. */
  @Variable('DEADLOCK_PRIORITY', asWord) @IsChoice(PRIORITIES) deadlockPriority: (typeof PRIORITIES)[number] = 'low';
  @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => LimitsConfig) limits: LimitsConfig = new LimitsConfig();
  @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => BrandConfig) brand: BrandConfig = new BrandConfig();
  @Variable('RESULT_FORMAT', asWord) @IsChoice(FORMATS) format: ResultFormat = 'compact';
  /** Whether results have `structuredContent`; some clients show only that, and their model misses the text. */
  @Variable('STRUCTURED_CONTENT', asFlag) @IsFlag() structuredContent: boolean = true;
  // YAML reads `confirm_writes: true` as a boolean; the setting's three values are words.
  @Transform(({ value }: { value: unknown }) => (typeof value === 'boolean' ? String(value) : value))
  @Variable('CONFIRM_WRITES', asWord)
  @IsChoice(CONFIRMATIONS)
  confirmWrites: ConfirmWrites = 'when_possible';
  /** `DECLARE … SELECT` and several SELECTs in one call. */
  @Variable('ALLOW_MULTIPLE_STATEMENTS', asFlag) @IsFlag() allowMultipleStatements: boolean = false;
  /** `OtherDb.dbo.Table`. */
  @Variable('ALLOW_THREE_PART_NAMES', asFlag) @IsFlag() allowThreePartNames: boolean = false;
  /** Texts of RAISERROR and THROW, which authors of the database wrote, in errors that callers see. */
  @Variable('SHOW_AUTHOR_MESSAGES', asFlag) @IsFlag() showAuthorMessages: boolean = true;
  /**
   * Whether search_schema and profiles show values from statistics and lookup tables. `auto`: not where the database or
   * the access rules distinguish persons by row or column, because statistics ignore that; `always`: there too.
   */
  @Transform(({ value }: { value: unknown }) => (value === false ? 'off' : value))
  @Variable('VALUE_SEARCH', asWord)
  @IsChoice(VALUE_SEARCHES)
  valueSearch: ValueSearch = 'auto';
  /** Patterns of columns whose values neither search_schema nor profiles show. */
  @Variable('PROTECTED_COLUMNS', asList) @IsTextList(1000) protectedColumns: string[] = [];
  /** Whether people may export whole results as files (export_query). */
  @Variable('EXPORTS', asFlag) @IsFlag() exports: boolean = false;
  /** Whether the answer of export_subject_data also has the rows, which the model then reads. */
  @Variable('SUBJECT_DATA_INLINE', asFlag) @IsFlag() subjectDataInline: boolean = false;
  /** Whether there are the tools `search` and `fetch`, as ChatGPT's deep research and company knowledge want them. */
  @Variable('DEEP_RESEARCH', asFlag) @IsFlag() deepResearch: boolean = false;
  /** Whether programs must present a client certificate, which a trusted proxy verifies (docs/deployment.md). */
  @Variable('CLIENT_CERTIFICATE', asWord)
  @IsChoice(CERTIFICATES)
  clientCertificate: (typeof CERTIFICATES)[number] = 'optional';
  /** Whether extended properties of the database (mcp_tool) publish procedures as tools (docs/knowledge.md). */
  @Variable('PUBLISHED_PROCEDURES', asFlag) @IsFlag() publishedProcedures: boolean = false;
  /** Statement text in the audit trail (never in the log). */
  @Variable('AUDIT_STATEMENT_TEXT', asFlag) @IsFlag() auditStatementText: boolean = true;
  @Variable('ALLOWED_REDIRECT_HOSTS', asList)
  @IsHosts()
  allowedRedirectHosts: string[] = [
    'claude.ai',
    'claude.com',
    'anthropic.com',
    'chatgpt.com',
    'vscode.dev',
    'insiders.vscode.dev',
    'global.consent.azure-apim.net',
  ];
  /** Custom schemes that a redirect URI may have besides the known applications' exact URIs. */
  @Variable('ALLOWED_REDIRECT_SCHEMES', asList) @IsCustomSchemes() allowedRedirectSchemes: string[] = [];
}

/** All settings of a tenant but for its path. */
export class TenantSettings extends TenantDefaults {
  @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => DatabaseConfig) database!: DatabaseConfig;
  @IsFlag() readOnly: boolean = true;
  /** Other databases of the same server that people may read, beside `database.database`. */
  @IsDatabaseList() databases: string[] = [];
  /** Names of the tools this tenant offers; absent: all. */
  @IsOptional() @IsTextList(1000) tools?: string[];
  /** The path of the file with the tenant's definitions: terms, metrics, verified queries (docs/knowledge.md). */
  @IsOptional() @IsText(4096) knowledge?: string;
  /** Who may sign in; absent: every enabled local user, with the highest scope the tenant has. */
  @IsOptional()
  @ValidateNested({ each: true, message: 'must be a list of rules, each with a user or a group' })
  @ArrayMaxSize(10_000, { message: 'must be a list of at most 10000 rules' })
  @IsArray({ message: 'must be a list of rules, each with a user or a group' })
  @Type(() => AccessRuleConfig)
  access?: readonly AccessRuleConfig[];
  @IsOptional() @ValidateNested(NESTED) @IsObject(NESTED) @Type(() => UpstreamConfig) upstream?: UpstreamConfig;
}

/** A tenant as TENANTS_FILE has it. */
export class TenantEntry extends TenantSettings {
  @IsTenantPath() path!: string;
}

export class TenantConfig extends TenantSettings {
  name!: string;
  /** True when the tenant lives at the root of the server and has no prefix (one tenant, no ENVIRONMENT_PATH). */
  atRoot: boolean = false;
}
