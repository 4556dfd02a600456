export interface AuditIntent {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  /** The fingerprint, in hex, of the client certificate that the proxy verified. */
  readonly client_certificate?: string;
  /** The name of the tool; for a resource, a prompt or a completion the MCP method. */
  readonly tool: string;
  /** The URI of the resource, the name of the prompt, the subject of the completion, or the definitions of a tool call. */
  readonly target?: string;
  /** The SHA-256 of the statement text, in hex. */
  readonly statement_hash?: string;
  /** Present only if the tenant records statement texts. */
  readonly statement?: string;
  /** The names and types of the parameters, never their values. */
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
  /** The statement did not run: the caller got a cached answer, or that of an equal statement which was running. */
  readonly cached?: true;
}

export interface AuditOutcome {
  readonly request_id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  readonly client_certificate?: string;
  readonly tool: string;
  readonly target?: string;
  /**
   * `asked`: the attempt ended with a question to the person, and another attempt follows with the answer. `handed_over`:
   * the caller got a handle, and a second outcome of the same request follows when the call has ended.
   */
  readonly outcome: 'ok' | 'refused' | 'error' | 'cancelled' | 'asked' | 'handed_over';
  /** The error code of the application. */
  readonly error?: string;
  /** The rule of the statement policy that refused the last statement. */
  readonly rule?: string;
  readonly sql_error?: number;
  /** The statements that reached the database layer, at most 20. */
  readonly statements?: readonly AuditedStatement[];
  readonly rows: number;
  readonly bytes: number;
  readonly duration_ms: number;
}

export type OauthEventKind =
  | 'client_registered'
  | 'client_registration_refused'
  | 'authorization_refused'
  | 'sign_in'
  | 'sign_in_failed'
  | 'consent_granted'
  | 'consent_denied'
  | 'token_issued'
  | 'token_refreshed'
  | 'token_refresh_repeated'
  | 'token_refused'
  | 'token_revoked'
  | 'grant_revoked'
  | 'code_reused';

export interface OauthEvent {
  readonly event: OauthEventKind;
  readonly tenant: string;
  readonly principal?: string;
  readonly client?: string;
  /** The name that the client gave at its registration. It is not verified. */
  readonly client_name?: string;
  /** Where the answer was to go: the host of the redirect URI, or its scheme. */
  readonly redirect_host?: string;
  readonly request_id?: string;
  readonly remote_address?: string;
  readonly client_certificate?: string;
  readonly scopes?: readonly string[];
  /** Who issued or revoked a token with `mssql-mcp tokens`: what the command was told, and the account that ran it. */
  readonly by?: string;
  /** The reason for a refusal, without secrets. */
  readonly reason?: string;
}

/** What happens to a link to a whole result, or to a person's data, as a file. */
export interface ExportEvent {
  readonly event: 'subject_data_read' | 'export_link_made' | 'export_link_revoked' | 'export_begun' | 'export_ended';
  readonly tenant: string;
  readonly principal: string;
  readonly client: string;
  /** Whose data was asked for: the subject of the knowledge file. Present only in lines of type `subject_access`. */
  readonly data_subject?: string;
  /** The SHA-256, in hex, of the JSON of [tenant, data_subject, id]: the id itself is not recorded. */
  readonly data_subject_hash?: string;
  /** The same for all events of one link. It is no secret. Absent where there is no link yet. */
  readonly export?: string;
  readonly format: string;
  readonly file_name: string;
  /** The name of the verified query, if the statement is one. */
  readonly definition?: string;
  /** The SHA-256 of the statement text, in hex. */
  readonly statement_hash: string;
  /** Present only if the tenant records statement texts. */
  readonly statement?: string;
  readonly request_id?: string;
  readonly remote_address?: string;
  readonly client_certificate?: string;
  readonly outcome?: 'ok' | 'error' | 'cancelled';
  readonly error?: string;
  readonly rows?: number;
  readonly bytes?: number;
  /** Of the whole file, in hex; absent when it did not leave whole. */
  readonly sha256?: string;
  readonly duration_ms?: number;
}

/** A configuration that was loaded, or refused, for a tenant. */
export interface ConfigEvent {
  readonly tenant: string;
  readonly what: 'environment' | 'tenants_file' | 'knowledge';
  /**
   * The SHA-256, in hex, of the settings that now apply, without secrets (config/settings-hash.ts); of a knowledge file
   * that of its bytes, also when it was refused.
   */
  readonly sha256: string;
  /** False at start; true when a file changed while the server ran. */
  readonly reloaded: boolean;
  /** How many faults the changed file has. If it has any, the earlier settings still apply. */
  readonly faults?: number;
}

/**
 * A line of the audit trail is `{"hash":"…",` followed by these fields. `hash` is the SHA-256, in hex, of the rest of
 * the line as it is in the file. The rest begins with the hash of the previous line of the chain.
 */
export interface AuditLine {
  readonly previous: string;
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly type: 'start' | 'config' | 'intent' | 'outcome' | 'oauth' | 'export' | 'subject_access' | 'end';
  readonly [field: string]: unknown;
}
