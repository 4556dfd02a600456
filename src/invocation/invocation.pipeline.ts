import { Injectable } from '@nestjs/common';
import { context, isSpanContextValid, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { Budgets } from '../budgets/budgets.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditOutcome } from '../audit/audit-entry.js';
import { AppError } from '../common/app-error.js';
import { hasScope, type SqlScope } from '../common/principal.js';
import { ChallengeError } from '../common/challenge.error.js';
import type { StatementReport } from '../database/statement-report.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { QuestionPending } from '../tools/tool.js';
import { CallEnd } from './call-end.js';
import type {
  HandOver,
  InvocationCall,
  InvocationMethod,
  InvocationOutcome,
  InvocationSteps,
  ReportingCall,
} from './invocation.js';
import { type InvocationEnding, InvocationRecord } from './invocation-record.js';
import { Patience } from './patience.js';
import { runNamed } from './stray-errors.js';

// The tracer does nothing unless tracing was started (telemetry/telemetry.ts).
const tracer = trace.getTracer('mssql-mcp-server');
/** The methods that count as calls in a budget. Clients request prompts and completions while people type. */
const COUNTED: ReadonlySet<string> = new Set(['tools/call', 'resources/read'] satisfies InvocationMethod[]);

/**
 * Runs every call of a tool, a resource, a prompt or a completion in the same steps: find, allowed, scope, validate, count
 * it in a budget, audit the intent, run, audit the outcome, measure. Throws the errors of the steps.
 */
@Injectable()
export class InvocationPipeline {
  constructor(
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
    private readonly budgets: Budgets,
  ) {}

  /** With `handOver` the call may still be running when this resolves (`handed_over`). Its last steps then run when it ends. */
  async run<C extends InvocationCall, Found, Input, Output>(
    steps: InvocationSteps<C, Found, Input, Output>,
    call: C,
    handOver?: HandOver<InvocationOutcome<Output>>,
  ): Promise<InvocationOutcome<Output>> {
    const record = new InvocationRecord(steps.method, steps.requested, call);
    if (handOver === undefined) return this.toEnd(steps, call, record);
    const patience = new Patience(handOver);
    const ended = this.toEnd(steps, call, record, patience);
    return (await patience.handsOver({ ended, detach: () => this.detach(record) })) ? { kind: 'handed_over' } : ended;
  }

  private async toEnd<C extends InvocationCall, Found, Input, Output>(
    steps: InvocationSteps<C, Found, Input, Output>,
    call: C,
    record: InvocationRecord,
    patience?: Patience<unknown>,
  ): Promise<InvocationOutcome<Output>> {
    const span = tracer.startSpan(steps.method, { attributes: { 'mcp.tenant': call.tenant.name } });
    let intended = false;
    try {
      const found = steps.find();
      if (found === undefined || !steps.isAllowed(found)) throw steps.unknown();
      record.found();
      assertScope(steps, found, call);
      const checked = steps.validate(found);
      const input = checked instanceof Promise ? await checked : checked;
      record.aim(steps.targetOf?.(found, input));
      const isCounted = COUNTED.has(steps.method) && steps.continuesCall?.(found) !== true;
      if (isCounted && call.principal.access.budget !== undefined) await this.budgets.countCall(call);
      const written = this.audit.intent(record.intent(steps.statementOf?.(found, input)));
      intended = true;
      const mayChange = steps.mayChange(found);
      await this.awaitIntent(written, mayChange);
      const patient = steps.mayTakeLong?.(found) === true ? patience : undefined;
      patient?.start();
      const output = await inSpan(span, () =>
        this.runToEnd(
          more =>
            runNamed(`${record.method} ${record.label}`, () =>
              steps.run(found, input, { ...call, ...more, onlyReads: !mayChange, patience: patient }),
            ),
          record,
        ),
      );
      record.addBytes(steps.bytesOf?.(output) ?? 0);
      this.finish(record, span, 'done');
      return { kind: 'done', output };
    } catch (error) {
      if (!intended) this.audit.intent(record.intent(undefined)).catch(ignored);
      if (error instanceof QuestionPending) {
        this.finish(record, span, 'asked');
        return { kind: 'asked' };
      }
      if (error instanceof AppError && typeof error.details?.budget === 'string')
        this.metrics.budgetUsedUp(record.tenant, error.details.budget);
      this.finish(record, span, { failure: error });
      throw error;
    }
  }

  /** A call that may change something waits until its intent is recorded; a call that only reads does not. */
  private async awaitIntent(written: Promise<void>, mayChange: boolean): Promise<void> {
    if (!mayChange) {
      written.catch(ignored);
      return;
    }
    await written.catch((error: unknown) => {
      throw new AppError('UNAVAILABLE', 'The audit trail cannot be written, so nothing was changed.', { cause: error });
    });
  }

  /** Whatever the call has left running has ended, and was reported, when this returns. */
  private async runToEnd<Output>(
    run: (more: Pick<ReportingCall<InvocationCall>, 'report' | 'onEnd'>) => Output | Promise<Output>,
    record: InvocationRecord,
  ): Promise<Output> {
    const callEnd = new CallEnd();
    const report = (statement: StatementReport): void => {
      record.report(statement);
      this.metrics.statement(record.tenant, statement);
    };
    try {
      return await run({ report, onEnd: listener => callEnd.on(listener) });
    } finally {
      const ended = callEnd.end();
      if (ended !== undefined) await ended;
    }
  }

  private finish(record: InvocationRecord, span: Span, ending: InvocationEnding): void {
    const outcome = record.outcome(ending);
    // A call that was handed over was measured then; its statements are measured whenever they end.
    if (record.phase === 'running') this.measure(record, outcome);
    record.phase = 'over';
    void this.audit.outcome(outcome);
    span.setAttributes({ 'mcp.outcome': outcome.outcome });
    if (record.method === 'tools/call') span.setAttribute('mcp.tool', record.label);
    if (outcome.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.error });
    span.end();
  }

  private detach(record: InvocationRecord): boolean {
    if (record.phase === 'over') return false;
    const outcome = record.outcome('handed_over');
    this.measure(record, outcome);
    record.phase = 'handed_over';
    void this.audit.outcome(outcome);
    return true;
  }

  private measure(record: InvocationRecord, { outcome, duration_ms }: AuditOutcome): void {
    this.metrics.invocation({
      tenant: record.tenant,
      method: record.method,
      tool: record.label,
      outcome,
      seconds: duration_ms / 1000,
    });
  }
}

/** What runs belongs to the span. Without tracing there is none, and no context is made for it. */
function inSpan<T>(span: Span, run: () => T): T {
  return isSpanContextValid(span.spanContext()) ? context.with(trace.setSpan(context.active(), span), run) : run();
}
const BESIDE_READING: readonly SqlScope[] = ['sql:write', 'sql:export'];

function assertScope<C extends InvocationCall, Found>(
  steps: Pick<InvocationSteps<C, Found, unknown, unknown>, 'scopeOf' | 'requested'>,
  found: Found,
  { principal }: C,
): void {
  const scope = steps.scopeOf(found);
  if (hasScope(principal.scopes, scope)) return;
  const message = `${steps.requested.slice(0, 200)} needs the scope ${scope}.`;
  // A client asks for what the challenge names, and must not lose one scope when it gains another.
  const held = BESIDE_READING.filter(other => other !== scope && principal.scopes.has(other));
  const needed: readonly SqlScope[] = [...held, scope];
  throw new ChallengeError({ kind: 'insufficient_scope', scopes: needed }, message, {
    hint: 'Sign in again and grant it.',
    details: { scopes: needed },
  });
}

/** AuditService has already counted and logged the record that could not be written. */
function ignored(): void {}
