import { Injectable } from '@nestjs/common';
import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { hasScope } from '../common/principal.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { CallRecord } from './call-record.js';
import { type ToolCall, ToolOutput, type ToolSchema } from '../tools/tool.js';
import { type OfferedTool, ToolRegistry } from '../tools/tool.registry.js';

const log = logger('tools');
const MAX_FAULTS = 20;
// Does nothing unless tracing was started (telemetry.ts).
const tracer = trace.getTracer('mssql-mcp-server');

/** One tool call: find, check scope, validate, audit intent, run, audit outcome, measure. Throws AppError. */
@Injectable()
export class ToolInvoker {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  async invoke(name: string, args: unknown, call: ToolCall): Promise<ToolOutput<unknown>> {
    const record = new CallRecord(name, call);
    const span = tracer.startSpan('tools/call', { attributes: { 'mcp.tenant': call.tenant.name } });
    try {
      const tool = this.registry.resolve(call.tenant, call.principal, name);
      record.found(tool);
      this.assertScope(tool, call);
      const input = await validate(tool.definition.input, args);
      await this.recordIntent(record, tool, tool.definition.auditedStatement?.(input));
      const inSpan = trace.setSpan(context.active(), span);
      const output = await context.with(inSpan, () => tool.handler.execute(input, record.call));
      const result = output instanceof ToolOutput ? output : new ToolOutput(output, JSON.stringify(output), true);
      this.finish(record, span, undefined);
      return result;
    } catch (error) {
      const failure = toAppError(error, call.requestId);
      if (!record.intentWritten) void this.audit.intent(record.intent(undefined)).catch(() => {});
      this.finish(record, span, failure);
      throw failure;
    }
  }

  private assertScope({ descriptor }: OfferedTool, call: ToolCall): void {
    if (hasScope(call.principal.scopes, descriptor.scope)) return;
    throw new AppError('INSUFFICIENT_SCOPE', `${descriptor.name} needs the scope ${descriptor.scope}.`, {
      hint: 'Sign in again and grant it.',
      details: { scopes: [descriptor.scope] },
    });
  }

  /** A tool that may change something runs only when its intent is on record. */
  private async recordIntent(record: CallRecord, tool: OfferedTool, statement: string | undefined): Promise<void> {
    const written = this.audit.intent(record.intent(statement));
    record.intentWritten = true;
    if (tool.descriptor.annotations.readOnlyHint) {
      written.catch(() => this.metrics.auditFailed(record.call.tenant.name));
      return;
    }
    await written.catch((error: unknown) => {
      this.metrics.auditFailed(record.call.tenant.name);
      throw new AppError('UNAVAILABLE', 'The audit trail cannot be written, so nothing was changed.', { cause: error });
    });
  }

  private finish(record: CallRecord, span: Span, failure: AppError | undefined): void {
    const outcome = record.outcome(failure);
    this.metrics.toolCall(
      outcome.tenant,
      record.label,
      outcome.outcome === 'asked' ? 'ok' : outcome.outcome,
      outcome.duration_ms / 1000,
    );
    void this.audit.outcome(outcome).then(written => {
      if (!written) this.metrics.auditFailed(outcome.tenant);
    });
    span.setAttributes({ 'mcp.tool': record.label, 'mcp.outcome': outcome.outcome });
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure.code });
    span.end();
  }
}

async function validate(schema: ToolSchema, args: unknown): Promise<unknown> {
  const checked = schema['~standard'].validate(args ?? {});
  const result = checked instanceof Promise ? await checked : checked;
  if (result.issues === undefined) return result.value;
  const faults = result.issues.slice(0, MAX_FAULTS).map(issue => {
    const path = (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  throw new AppError('INVALID_ARGUMENT', faults.join('; '), { details: { faults } });
}

/** What a tool of somebody's own throws may hold anything: masked, and in the log under the request's id. */
function toAppError(error: unknown, requestId: string): AppError {
  if (error instanceof AppError && error.expose) return error;
  log.error({ err: error, request_id: requestId }, 'a tool failed');
  return new AppError('INTERNAL', `The tool failed unexpectedly (request ${requestId}); the log has the details.`, {
    expose: true,
    cause: error,
  });
}
