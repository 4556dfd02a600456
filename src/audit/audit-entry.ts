export interface AuditIntent {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  readonly tool: string;
  /** SHA-256 of the statement text, hex. */
  readonly statement_hash?: string;
  /** Only where the tenant records statement texts. */
  readonly statement?: string;
  /** Names with types, never values. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface AuditOutcome {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  readonly tool: string;
  readonly outcome: 'ok' | 'refused' | 'error' | 'cancelled';
  /** The application's error code. */
  readonly error?: string;
  /** The rule that refused. */
  readonly rule?: string;
  readonly sql_error?: number;
  readonly statements?: readonly { readonly hash: string; readonly kind: string; readonly text?: string }[];
  readonly rows: number;
  readonly bytes: number;
  readonly duration_ms: number;
}

export type OauthEventKind =
  | 'client_registered'
  | 'sign_in'
  | 'sign_in_failed'
  | 'consent_granted'
  | 'consent_denied'
  | 'token_issued'
  | 'token_refreshed'
  | 'token_refused'
  | 'token_revoked'
  | 'grant_revoked'
  | 'code_reused';

export interface OauthEvent {
  readonly event: OauthEventKind;
  readonly tenant: string;
  readonly principal?: string;
  readonly client?: string;
  readonly request_id?: string;
  readonly remote_address?: string;
  readonly scopes?: readonly string[];
  /** Why it was refused; no secrets. */
  readonly reason?: string;
}

/** A line of the audit trail. `hash` covers the line and the one before it. */
export interface AuditLine {
  readonly time: string;
  readonly chain: string;
  readonly seq: number;
  readonly type: 'start' | 'intent' | 'outcome' | 'oauth';
  readonly previous: string;
  readonly hash: string;
  readonly [field: string]: unknown;
}
