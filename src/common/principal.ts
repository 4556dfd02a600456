export type SqlScope = 'sql:read' | 'sql:write';

/** The subject of a caller without a token, where ALLOW_UNAUTH_* admits one. */
export const ANONYMOUS = 'anonymous';

/** What a person may use in a tenant. Where a list is absent, that is everything the tenant offers. */
export interface AccessLimits {
  readonly tools?: readonly string[];
  /** Schema names, compared without case. */
  readonly schemas?: readonly string[];
  /** `schema.table` names, compared without case. */
  readonly tables?: readonly string[];
  /** Whether the person may suggest definitions. */
  readonly maySuggest?: boolean;
}

/** The caller of a request. It is passed as an argument and never kept in ambient state. */
export interface Principal {
  /** Stable id of the person: a local user's name, or `issuer|subject` of an upstream provider. */
  readonly subject: string;
  /** OAuth client id. */
  readonly client: string;
  readonly tenant: string;
  /** The scopes of the token that came with the request. */
  readonly scopes: ReadonlySet<string>;
  /** The highest scope that this person can have in this tenant; `tools/list` shows the tools for it. */
  readonly highestScope: SqlScope;
  readonly access: AccessLimits;
  /** Extra SESSION_CONTEXT keys for row-level security. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** `sql:write` includes `sql:read`. */
export function hasScope(scopes: ReadonlySet<string>, needed: SqlScope): boolean {
  return scopes.has(needed) || (needed === 'sql:read' && scopes.has('sql:write'));
}
