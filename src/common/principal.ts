export type SqlScope = 'sql:read' | 'sql:write';

/** The subject of a caller without a token, where ALLOW_UNAUTH_* admits one. */
export const ANONYMOUS = 'anonymous';

/** What a person may touch inside a tenant; absent lists mean everything the tenant offers. */
export interface AccessLimits {
  readonly tools?: readonly string[];
  /** Schema names, compared without case. */
  readonly schemas?: readonly string[];
  /** `schema.table` names, compared without case. */
  readonly tables?: readonly string[];
}

/** Who is calling. Travels as an argument, never in ambient state. */
export interface Principal {
  /** Stable id of the person: a local user's name, or `issuer|subject` of an upstream provider. */
  readonly subject: string;
  /** OAuth client id. */
  readonly client: string;
  readonly tenant: string;
  /** Scopes of the token in hand. */
  readonly scopes: ReadonlySet<string>;
  /** The highest scope this person could have in this tenant: decides what `tools/list` shows. */
  readonly highestScope: SqlScope;
  readonly access: AccessLimits;
  /** Extra SESSION_CONTEXT keys for row-level security. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Scope hierarchy: write implies read. */
export function hasScope(scopes: ReadonlySet<string>, needed: SqlScope): boolean {
  return scopes.has(needed) || (needed === 'sql:read' && scopes.has('sql:write'));
}
