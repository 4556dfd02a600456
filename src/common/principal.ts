/** What may be done to data; `sql:write` includes `sql:read`. */
export type DataScope = 'sql:read' | 'sql:write';
/** `sql:export` stands beside them: whole results as files. */
export type SqlScope = DataScope | 'sql:export';

/** The subject of a caller without a token, where ALLOW_UNAUTH_* admits one. */
export const ANONYMOUS = 'anonymous';

/** How much of something a person may use in a window that begins at a full hour or at midnight, in UTC. */
export interface Allowance {
  readonly amount: number;
  readonly per: 'hour' | 'day';
}

/** A measure that is absent has no limit. */
export interface Budget {
  readonly calls?: Allowance;
  readonly rows?: Allowance;
  readonly databaseSeconds?: Allowance;
}

/** What a person may use in a tenant. Where a list is absent, that is everything the tenant offers. */
export interface AccessLimits {
  readonly tools?: readonly string[];
  /** Schema names, compared without case. */
  readonly schemas?: readonly string[];
  /** `schema.table` names, compared without case. */
  readonly tables?: readonly string[];
  /** Whether the person may suggest definitions. */
  readonly maySuggest?: boolean;
  /** Whether the person operates the database: they may see which statements of other people are slow. */
  readonly operator?: boolean;
  /** Whether the person may export all that belongs to one person. */
  readonly subjectAccess?: boolean;
  /** The largest estimated cost of a statement; 0: no limit; absent: the tenant's. */
  readonly maxQueryCost?: number;
  /** Up to this estimated cost the person may let a statement pass once, when they are asked. */
  readonly costOverride?: number;
  /** How much the person may use in an hour or a day, by what is counted. */
  readonly budget?: Budget;
}

/** The caller of a request. It is passed as an argument and never kept in ambient state. */
export interface Principal {
  /**
   * Stable id of the person: a local user's name, or `issuer|subject` of an upstream provider; over stdio `stdio:` and
   * the name of the operating system's account.
   */
  readonly subject: string;
  /** OAuth client id; `stdio` over stdio, which has no OAuth. */
  readonly client: string;
  readonly tenant: string;
  /** The scopes of the token that came with the request. */
  readonly scopes: ReadonlySet<string>;
  /** The highest scope that this person can have in this tenant; `tools/list` shows the tools for it. */
  readonly highestScope: DataScope;
  /** Whether this person may export in this tenant at all (absent: no); the token needs the scope besides. */
  readonly mayExport?: boolean | undefined;
  /** The grant behind the token; undefined for a caller without one (a machine client, ALLOW_UNAUTH_*). */
  readonly grantId?: string | undefined;
  readonly access: AccessLimits;
  /** Extra SESSION_CONTEXT keys for row-level security. */
  readonly attributes: Readonly<Record<string, string>>;
}

export function hasScope(scopes: ReadonlySet<string>, needed: SqlScope): boolean {
  return scopes.has(needed) || (needed === 'sql:read' && scopes.has('sql:write'));
}
