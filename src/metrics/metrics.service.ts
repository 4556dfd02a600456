import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { SessionPool } from '../database/connection/session-pool.js';
import { AuditService } from '../audit/audit.service.js';
import { QueryEvents } from '../database/query-events.js';
import type { StatementReport } from '../database/statement-report.js';
import { AccessRulesService } from '../tenancy/access-rules.service.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { Instruments } from './instruments.js';

/** One invocation and its outcome. */
export interface MeasuredInvocation {
  readonly tenant: string;
  readonly method: string;
  /** The name of the tool, or `unknown`. */
  readonly tool: string;
  readonly outcome: 'ok' | 'refused' | 'error' | 'cancelled' | 'asked' | 'handed_over';
  readonly seconds: number;
}
/** One download of a whole result, complete or not. */
export interface MeasuredExport {
  readonly tenant: string;
  readonly format: string;
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly seconds: number;
  readonly rows: number;
  readonly bytes: number;
}
/** How a call with a handle ended. */
export type HandleOutcome = 'done' | 'failed' | 'cancelled' | 'abandoned' | 'revoked' | 'expired';
export type TokenGrant = 'authorization_code' | 'refresh_token' | 'client_credentials';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Statements with a handle may run for long (LONG_QUERIES). */
const QUERY_SECONDS = [...SECONDS, 60, 300, 900, 3600];
const EXPORT_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600];
const STREAM_SECONDS = [1, 10, 60, 300, 900, 3600, 14_400, 86_400];

/** The Prometheus metrics of one application. Labels have tenants, tools and codes, never people or texts. */
@Injectable()
export class MetricsService {
  private readonly make = new Instruments();
  private readonly toolSeconds = this.make.histogram(
    'mcp_tool_duration_seconds',
    'Duration of tool calls',
    ['tenant', 'tool'],
    SECONDS,
  );
  private readonly toolCalls = this.make.counter('mcp_tool_calls_total', 'Tool calls by outcome', [
    'tenant',
    'tool',
    'outcome',
  ]);
  private readonly methodSeconds = this.make.histogram(
    'mcp_method_duration_seconds',
    'Duration of resource reads, prompts and completions',
    ['tenant', 'method'],
    SECONDS,
  );
  private readonly methodCalls = this.make.counter(
    'mcp_method_calls_total',
    'Resource reads, prompts and completions by outcome',
    ['tenant', 'method', 'outcome'],
  );
  private readonly streams = this.make.gauge('mcp_sse_streams_active', 'Open SSE streams', ['tenant']);
  private readonly streamSeconds = this.make.histogram(
    'mcp_sse_stream_duration_seconds',
    'Duration of closed SSE streams',
    ['tenant'],
    STREAM_SECONDS,
  );
  private readonly requestSeconds = this.make.histogram(
    'mcp_http_request_duration_seconds',
    'Duration of HTTP requests, streams left out',
    ['route', 'status'],
    SECONDS,
  );
  private readonly tokensIssued = this.make.counter('mcp_tokens_issued_total', 'Access tokens issued', [
    'tenant',
    'grant',
  ]);
  private readonly tokensRefused = this.make.counter('mcp_tokens_refused_total', 'Tokens and token requests refused', [
    'tenant',
    'reason',
  ]);
  private readonly clientsRefused = this.make.counter(
    'mcp_clients_refused_total',
    'Registrations and authorizations that were refused',
    ['tenant', 'event', 'reason'],
  );
  private readonly signInsFailed = this.make.counter('mcp_sign_ins_failed_total', 'Failed sign-ins', ['tenant']);
  private readonly auditFailures = this.make.counter(
    'mcp_audit_failures_total',
    'Audit records that could not be written',
    ['tenant'],
  );
  private readonly connectionFailures = this.make.counter(
    'mcp_database_connection_failures_total',
    'Failed attempts to connect to the database',
    ['tenant'],
  );
  private readonly cancelsIgnored = this.make.counter(
    'mcp_database_cancels_ignored_total',
    'Cancelled statements that the database did not end within 2 s; their connections were closed',
    ['tenant'],
  );
  private readonly querySeconds = this.make.histogram(
    'mcp_query_duration_seconds',
    'Duration of statements, including the wait for a connection',
    ['tenant', 'kind'],
    QUERY_SECONDS,
  );
  private readonly rows = this.make.counter('mcp_rows_returned_total', 'Rows returned', ['tenant']);
  private readonly bytes = this.make.counter('mcp_result_bytes_total', 'Bytes of result text returned', ['tenant']);
  private readonly truncations = this.make.counter('mcp_truncations_total', 'Results truncated by a limit', [
    'tenant',
    'limit',
  ]);
  private readonly refusals = this.make.counter('mcp_statement_refusals_total', 'Statements refused by the policy', [
    'tenant',
    'rule',
  ]);
  private readonly sqlErrors = this.make.counter('mcp_statement_errors_total', 'Statements that failed', [
    'tenant',
    'error',
  ]);
  private readonly budgetsUsedUp = this.make.counter(
    'mcp_budget_refusals_total',
    'Calls refused because the budget of an access rule was used up',
    ['tenant', 'budget'],
  );
  private readonly cacheReads = this.make.counter(
    'mcp_cache_reads_total',
    'Reads of definitions with `cache` by what became of them: hit, shared, miss, refreshed or off',
    ['tenant', 'outcome'],
  );
  private readonly exports = this.make.counter('mcp_exports_total', 'Downloads of whole results by outcome', [
    'tenant',
    'format',
    'outcome',
  ]);
  private readonly exportSeconds = this.make.histogram(
    'mcp_export_duration_seconds',
    'Duration of downloads of whole results',
    ['tenant', 'format'],
    EXPORT_SECONDS,
  );
  private readonly exportedRows = this.make.counter('mcp_export_rows_total', 'Rows written into files', ['tenant']);
  private readonly exportedBytes = this.make.counter('mcp_export_bytes_total', 'Bytes of files sent', ['tenant']);
  private readonly handlesRunning = this.make.gauge(
    'mcp_handles_running',
    'Calls that go on after a handle was given',
    ['tenant'],
  );
  private readonly handlesEnded = this.make.counter('mcp_handles_total', 'Calls with a handle by how they ended', [
    'tenant',
    'outcome',
  ]);
  private readonly writableLogin = this.make.gauge(
    'mcp_database_login_can_write',
    '1 when the login of the tenant can write',
    ['tenant'],
  );
  private readonly knowledgeValid = this.make.gauge(
    'mcp_knowledge_file_valid',
    '1 when the last version of the knowledge file has no fault',
    ['tenant'],
  );
  private readonly knowledgeProofs = this.make.gauge(
    'mcp_knowledge_items',
    'Definitions by whether they fit the database: proved, unverified or broken',
    ['tenant', 'state'],
  );

  constructor(
    events: QueryEvents,
    sessions: SessionPool,
    tenants: TenantsService,
    rules: AccessRulesService,
    audit: AuditService,
  ) {
    collectDefaultMetrics({ register: this.make.registry });
    // A counter that appears with its first event would show no increase for it.
    for (const { name: tenant } of tenants.all()) this.cancelsIgnored.inc({ tenant }, 0);
    audit.onLoss(tenant => this.auditFailures.inc({ tenant }));
    events.listen({
      connectionFailed: tenant => this.connectionFailures.inc({ tenant }),
      writableLogin: (tenant, canWrite) => this.writableLogin.set({ tenant }, canWrite ? 1 : 0),
      cancelIgnored: tenant => this.cancelsIgnored.inc({ tenant }),
    });
    this.make.readGauge('mcp_tenants_file_valid', '1 when the last version of TENANTS_FILE has no fault', [], () => [
      [{}, rules.faults().length === 0 ? 1 : 0],
    ]);
    this.make.readGauge('mcp_database_pool_in_use', 'Connections in use', ['tenant'], () =>
      tenants.all().map(tenant => [{ tenant: tenant.name }, sessions.usage(tenant).used]),
    );
    this.make.readGauge('mcp_database_pool_waiting', 'Calls waiting for a connection', ['tenant'], () =>
      tenants.all().map(tenant => [{ tenant: tenant.name }, sessions.usage(tenant).waiting]),
    );
  }

  /** A call that ended with a question to the person, or with a handle, counts as `ok`. */
  invocation({ tenant, method, tool, outcome: ending, seconds }: MeasuredInvocation): void {
    const outcome = ending === 'asked' || ending === 'handed_over' ? 'ok' : ending;
    if (method === 'tools/call') {
      this.toolSeconds.observe({ tenant, tool }, seconds);
      this.toolCalls.inc({ tenant, tool, outcome });
    } else {
      this.methodSeconds.observe({ tenant, method }, seconds);
      this.methodCalls.inc({ tenant, method, outcome });
    }
  }

  /** `route` is one of a closed set; the label `status` is the class of the status, such as `2xx`. */
  request(route: string, status: number, seconds: number): void {
    this.requestSeconds.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  streamOpened(tenant: string): void {
    this.streams.inc({ tenant });
  }

  streamClosed(tenant: string, seconds: number): void {
    this.streams.dec({ tenant });
    this.streamSeconds.observe({ tenant }, seconds);
  }

  tokenIssued(tenant: string, grant: TokenGrant): void {
    this.tokensIssued.inc({ tenant, grant });
  }

  /** `reason` is an OAuth error code, so the number of labels is limited. */
  tokenRefused(tenant: string, reason: string): void {
    this.tokensRefused.inc({ tenant, reason });
  }

  /** `event` is the audit trail's, `reason` an OAuth error code. */
  clientRefused(tenant: string, event: 'client_registration_refused' | 'authorization_refused', reason: string): void {
    this.clientsRefused.inc({ tenant, event, reason });
  }

  /** `budget` is one of calls, rows and database_seconds. */
  budgetUsedUp(tenant: string, budget: string): void {
    this.budgetsUsedUp.inc({ tenant, budget });
  }

  cacheRead(tenant: string, outcome: 'hit' | 'shared' | 'miss' | 'refreshed' | 'off'): void {
    this.cacheReads.inc({ tenant, outcome });
  }

  signInFailed(tenant: string): void {
    this.signInsFailed.inc({ tenant });
  }

  exported({ tenant, format, outcome, seconds, rows, bytes }: MeasuredExport): void {
    this.exports.inc({ tenant, format, outcome });
    this.exportSeconds.observe({ tenant, format }, seconds);
    this.exportedRows.inc({ tenant }, rows);
    this.exportedBytes.inc({ tenant }, bytes);
  }

  handleGiven(tenant: string): void {
    this.handlesRunning.inc({ tenant });
  }

  handleEnded(tenant: string, outcome: HandleOutcome): void {
    this.handlesRunning.dec({ tenant });
    this.handlesEnded.inc({ tenant, outcome });
  }

  knowledgeLoaded(tenant: string, valid: boolean): void {
    this.knowledgeValid.set({ tenant }, valid ? 1 : 0);
  }

  knowledgeItems(tenant: string, state: 'proved' | 'unverified' | 'broken', count: number): void {
    this.knowledgeProofs.set({ tenant, state }, count);
  }

  /** The text of GET /metrics. */
  async render(): Promise<{ contentType: string; body: string }> {
    const { registry } = this.make;
    return { contentType: registry.contentType, body: await registry.metrics() };
  }

  statement(tenant: string, report: StatementReport): void {
    if (report.rule !== undefined) this.refusals.inc({ tenant, rule: report.rule });
    else if (report.error !== undefined) this.sqlErrors.inc({ tenant, error: report.error });
    if (report.verdict === 'allowed' && report.cached !== true)
      this.querySeconds.observe({ tenant, kind: report.kind }, report.seconds);
    if (report.rows > 0) this.rows.inc({ tenant }, report.rows);
    if (report.bytes > 0) this.bytes.inc({ tenant }, report.bytes);
    if (report.truncatedBy !== undefined) this.truncations.inc({ tenant, limit: report.truncatedBy });
  }
}
