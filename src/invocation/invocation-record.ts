import { hash } from 'node:crypto';
import type { AuditedStatement, AuditIntent, AuditOutcome } from '../audit/audit-entry.js';
import { AppError, type ErrorCode } from '../common/app-error.js';
import type { StatementReport } from '../database/statement-report.js';
import type { InvocationCall, InvocationMethod } from './invocation.js';

const MAX_STATEMENTS = 20;
const MAX_TOOL_NAME = 64;
const MAX_TARGET = 1_000;

export type InvocationEnding = 'done' | 'asked' | 'handed_over' | { readonly failure: unknown };

/** Collects the audit records of one invocation: its target, its statements and its outcome. */
export class InvocationRecord {
  phase: 'running' | 'handed_over' | 'over' = 'running';
  private readonly startedAt = performance.now();
  private readonly statements: AuditedStatement[] = [];
  private rows = 0;
  private bytes = 0;
  private last: StatementReport | undefined;
  private known = false;
  private target: string | undefined;
  private hashed: { readonly statement: string; readonly hash: string } | undefined;

  constructor(
    readonly method: InvocationMethod,
    private readonly requested: string,
    private readonly call: InvocationCall,
  ) {
    if (method !== 'tools/call') this.target = requested;
  }

  /** Notes that the target exists and that this person may know about it. */
  found(): void {
    this.known = true;
  }

  /** Notes the definition that a tool was asked for by name. */
  aim(target: string | undefined): void {
    this.target ??= target;
  }

  /** The label for metrics. A name that does not exist must not become a label. */
  get label(): string {
    return this.known ? this.requested : 'unknown';
  }

  get tenant(): string {
    return this.call.tenant.name;
  }

  report(statement: StatementReport): void {
    this.last = statement;
    this.rows += statement.rows;
    this.bytes += statement.bytes;
    if (this.statements.length < MAX_STATEMENTS) this.statements.push(this.audited(statement));
  }

  addBytes(bytes: number): void {
    this.bytes += bytes;
  }

  intent(statement: string | undefined): AuditIntent {
    return {
      ...this.who(),
      ...(statement === undefined ? {} : { statement_hash: this.hashOf(statement) }),
      ...(statement !== undefined && this.recordsText ? { statement } : {}),
    };
  }

  outcome(ending: InvocationEnding): AuditOutcome {
    const { last } = this;
    return {
      ...this.who(),
      ...outcomeOf(ending),
      ...(last?.rule === undefined ? {} : { rule: last.rule }),
      ...(last?.sqlError === undefined ? {} : { sql_error: last.sqlError }),
      ...(this.statements.length === 0 ? {} : { statements: this.statements }),
      rows: this.rows,
      bytes: this.bytes,
      duration_ms: Math.round((performance.now() - this.startedAt) * 1000) / 1000,
    };
  }

  private get recordsText(): boolean {
    return this.call.tenant.config.auditStatementText;
  }

  private who(): Omit<AuditIntent, 'statement_hash' | 'statement' | 'parameters'> {
    const { principal, tenant, requestId, certificate } = this.call;
    return {
      request_id: requestId,
      tenant: tenant.name,
      principal: principal.subject,
      client: principal.client,
      ...(certificate === undefined ? {} : { client_certificate: certificate }),
      tool: this.method === 'tools/call' ? this.requested.slice(0, MAX_TOOL_NAME) : this.method,
      ...(this.target === undefined ? {} : { target: this.target.slice(0, MAX_TARGET) }),
    };
  }

  private audited(report: StatementReport): AuditedStatement {
    return {
      hash: this.hashOf(report.statement),
      kind: report.kind,
      verdict: report.verdict,
      ...(this.recordsText ? { text: report.statement } : {}),
      ...(Object.keys(report.parameterTypes).length === 0 ? {} : { parameters: report.parameterTypes }),
      rows: report.rows,
      ...(report.affectedRows.length === 0 ? {} : { affected_rows: report.affectedRows }),
      ...(report.truncatedBy === undefined ? {} : { truncated_by: report.truncatedBy }),
      ...(report.cached === undefined ? {} : { cached: report.cached }),
    };
  }

  /** Remembers the last hash, because the intent and the reports usually have the same statement. */
  private hashOf(statement: string): string {
    if (this.hashed?.statement !== statement) this.hashed = { statement, hash: hash('sha256', statement, 'hex') };
    return this.hashed.hash;
  }
}

function outcomeOf(ending: InvocationEnding): Pick<AuditOutcome, 'outcome' | 'error'> {
  if (ending === 'done') return { outcome: 'ok' };
  if (ending === 'asked' || ending === 'handed_over') return { outcome: ending };
  const error = codeOf(ending.failure);
  switch (error) {
    case 'READ_ONLY_VIOLATION':
    case 'STATEMENT_REFUSED':
    case 'INVALID_ARGUMENT':
    case 'UNKNOWN_TOOL':
    case 'NOT_FOUND':
    case 'BAD_REQUEST':
    case 'INSUFFICIENT_SCOPE':
    case 'FORBIDDEN':
    case 'QUERY_TOO_EXPENSIVE':
    case 'TOO_MANY_REQUESTS':
      return { outcome: 'refused', error };
    case 'CANCELLED':
      return { outcome: 'cancelled', error };
    default:
      return { outcome: 'error', error };
  }
}

/** An error that is not shown to callers is recorded as INTERNAL. */
function codeOf(error: unknown): ErrorCode {
  return error instanceof AppError && error.expose ? error.code : 'INTERNAL';
}
