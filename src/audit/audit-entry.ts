export interface AuditIntent {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  /** The tool's name; the method for what is no tool. */
  readonly tool: string;
  /** The resource's URI, the prompt's name, or what a completion is for. */
  readonly target?: string;
  /** SHA-256 of the statement text, hex. */
  readonly statement_hash?: string;
  /** Only where the tenant records statement texts. */
  readonly statement?: string;
  /** Names with types, never values. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface AuditedStatement {
  readonly hash: string;
  readonly kind: string;
  readonly verdict: 'allowed' | 'refused';
  readonly text?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly affected_rows?: readonly number[];
  readonly truncated_by?: string;
}

export interface AuditOutcome {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  readonly tool: string;
  readonly target?: string;
  /** `asked`: the attempt ended with a question to the person; another follows with the answer. */
  readonly outcome: 'ok' | 'refused' | 'error' | 'cancelled' | 'asked';
  /** The application's error code. */
  readonly error?: string;
  /** The rule that refused. */
  readonly rule?: string;
  readonly sql_error?: number;
  /** Every statement that reached the database layer. */
  readonly statements?: readonly AuditedStatement[];
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
  /** At registration: what the client calls itself. Nobody vouches for it. */
  readonly client_name?: string;
  readonly request_id?: string;
  readonly remote_address?: string;
  readonly scopes?: readonly string[];
  /** Why it was refused; no secrets. */
  readonly reason?: string;
}

/** A configuration that was loaded, or refused, for a tenant. */
export interface ConfigEvent {
  readonly tenant: string;
  readonly what: 'environment' | 'tenants_file';
  /** SHA-256, in hex, of the settings that hold now, without secrets (config/settings-hash.ts). */
  readonly sha256: string;
  /** False at start; true when a file changed while the server ran. */
  readonly reloaded: boolean;
  /** How many faults the changed file has; the earlier settings then hold. */
  readonly faults?: number;
}

/**
 * A line of the audit trail is `{"hash":"…",` and these fields. `hash` is the SHA-256, in hex, of the hash of the line
 * before it in its chain and the rest of this line as it stands in the file.
 */
export interface AuditLine {
  readonly previous: string;
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly type: 'start' | 'config' | 'intent' | 'outcome' | 'oauth' | 'end';
  readonly [field: string]: unknown;
}
