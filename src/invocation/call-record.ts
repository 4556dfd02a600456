import { hash } from 'node:crypto';
import type { AuditedStatement, AuditIntent, AuditOutcome } from '../audit/audit-entry.js';
import type { AppError } from '../common/app-error.js';
import type { CallContext } from '../database/call-context.js';
import type { StatementReport } from '../database/statement-report.js';
import type { ToolCall } from '../tools/tool.js';
import type { OfferedTool } from '../tools/tool.registry.js';

const MAX_STATEMENTS = 20;

/** What one call did, gathered for the audit trail while it runs. */
export class CallRecord {
  intentWritten = false;
  /** The call as the tool sees it, with an ear for what its statements did. */
  readonly call: ToolCall & CallContext;
  private readonly startedAt = performance.now();
  private readonly reports: StatementReport[] = [];
  private tool: OfferedTool | undefined;
  private hashed: { readonly statement: string; readonly hash: string } | undefined;

  constructor(
    private readonly name: string,
    call: ToolCall,
  ) {
    this.call = { ...call, report: report => void this.reports.push(report) };
  }

  found(tool: OfferedTool): void {
    this.tool = tool;
  }

  /** For metrics: a name somebody made up is no label. */
  get label(): string {
    return this.tool?.descriptor.name ?? 'unknown';
  }

  intent(statement: string | undefined): AuditIntent {
    return {
      ...this.who(),
      ...(statement === undefined ? {} : { statement_hash: this.hashOf(statement) }),
      ...(statement !== undefined && this.recordsText ? { statement } : {}),
    };
  }

  outcome(failure: AppError | undefined): AuditOutcome {
    const last = this.reports[this.reports.length - 1];
    return {
      ...this.who(),
      outcome: outcomeOf(failure),
      ...(failure === undefined ? {} : { error: failure.code }),
      ...(last?.rule === undefined ? {} : { rule: last.rule }),
      ...(last?.sqlError === undefined ? {} : { sql_error: last.sqlError }),
      ...(this.reports.length === 0
        ? {}
        : { statements: this.reports.slice(0, MAX_STATEMENTS).map(report => this.audited(report)) }),
      rows: this.reports.reduce((sum, report) => sum + report.rows, 0),
      bytes: this.reports.reduce((sum, report) => sum + report.bytes, 0),
      duration_ms: Math.round((performance.now() - this.startedAt) * 1000) / 1000,
    };
  }

  private get recordsText(): boolean {
    return this.call.tenant.config.auditStatementText;
  }

  private who(): Pick<AuditIntent, 'request_id' | 'tenant' | 'principal' | 'client' | 'tool'> {
    const { principal, tenant, requestId } = this.call;
    return {
      request_id: requestId,
      tenant: tenant.name,
      principal: principal.subject,
      client: principal.client,
      tool: this.tool?.descriptor.name ?? this.name.slice(0, 64),
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
    };
  }

  /** Intent and outcome tell of the same statement, most of the time. */
  private hashOf(statement: string): string {
    if (this.hashed?.statement !== statement) this.hashed = { statement, hash: sha256(statement) };
    return this.hashed.hash;
  }
}

function outcomeOf(failure: AppError | undefined): AuditOutcome['outcome'] {
  if (failure === undefined) return 'ok';
  if (failure.name === 'InputRequired') return 'asked';
  switch (failure.code) {
    case 'READ_ONLY_VIOLATION':
    case 'INVALID_ARGUMENT':
    case 'UNKNOWN_TOOL':
    case 'INSUFFICIENT_SCOPE':
    case 'FORBIDDEN':
      return 'refused';
    case 'CANCELLED':
      return 'cancelled';
    default:
      return 'error';
  }
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
