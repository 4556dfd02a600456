import type { AppError } from '../common/app-error.js';
import type { Principal, SqlScope } from '../common/principal.js';
import type { StatementReport } from '../database/statement-report.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { CallPatience } from '../tools/tool.js';

/** The MCP methods that use the database or a team's own code. */
export type InvocationMethod = 'tools/call' | 'resources/read' | 'prompts/get' | 'completion/complete';

/** The part of a call that the pipeline needs. `ToolCall`, `ResourceCall` and `PromptCall` all have it. */
export interface InvocationCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  /** The fingerprint of the client certificate that a proxy verified for the request, for the audit trail. */
  readonly certificate?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * The call given to the invoked code. `report` collects its statement reports for the audit trail and the metrics;
 * `onEnd` tells when the code has returned or thrown, before the outcome is recorded.
 */
export type ReportingCall<C extends InvocationCall> = C & {
  /** Whether the database refuses changes of this call, because the code was declared to change nothing. */
  readonly onlyReads: boolean;
  /** Set if the call may be handed over. */
  readonly patience?: CallPatience | undefined;
  report(statement: StatementReport): void;
  onEnd(listener: () => Promise<void>): void;
};

/** Takes over a call that takes longer than `afterMs`: the caller gets an answer, and the call continues without a request. */
export interface HandOver<Output> {
  /** How long the caller waits, in milliseconds. */
  readonly afterMs: number;
  /** How long each statement of such a call may run, in milliseconds. */
  readonly limitMs: number;
  /** Resolves with true when the call was taken over; with false the caller keeps waiting. Never rejects. */
  take(running: RunningCall<Output>): Promise<boolean>;
}

export interface RunningCall<Output> {
  readonly ended: Promise<Output>;
  /** Records that the call continues without its caller. Returns false if the call has already ended. */
  detach(): boolean;
}

/** The steps that differ between tools, resources, prompts and completions, in the order in which they run. */
export interface InvocationSteps<C extends InvocationCall, Found, Input, Output> {
  readonly method: InvocationMethod;
  /** The target as the caller wrote it: the name of a tool or a prompt, a URI, or the subject of a completion. */
  readonly requested: string;
  find(): Found | undefined;
  /** Whether this tenant offers the target to this person. */
  isAllowed(found: Found): boolean;
  /** The error for a target that doesn't exist and for one that this person may not know about. */
  unknown(): AppError;
  /** The scope that the token must have. */
  scopeOf(found: Found): SqlScope;
  /** Returns the validated input. Throws AppError INVALID_ARGUMENT. */
  validate(found: Found): Input | Promise<Input>;
  /** Whether the call may change anything. If so, it runs only after its intent was recorded. */
  mayChange(found: Found): boolean;
  /** Whether the call may be handed over. Absent: never. */
  mayTakeLong?(found: Found): boolean;
  /** Whether the call continues an earlier one, which the person's budget has already counted. */
  continuesCall?(found: Found): boolean;
  /** The SQL text of the input, for the intent. */
  statementOf?(found: Found, input: Input): string | undefined;
  /** The definition that the input names, for both audit records. Without it, `requested` is the target of all but tools. */
  targetOf?(found: Found, input: Input): string | undefined;
  run(found: Found, input: Input, call: ReportingCall<C>): Output | Promise<Output>;
  /** The length of the output, for the audit record. Tools report it with their statements instead. */
  bytesOf?(output: Output): number;
}

/**
 * `asked`: the attempt ended with a question to the person; the client repeats the call with the answer. `handed_over`:
 * the call continues, and its HandOver owns it.
 */
export type InvocationOutcome<Output> =
  { readonly kind: 'done'; readonly output: Output } | { readonly kind: 'asked' } | { readonly kind: 'handed_over' };

/** Returns the output of an invocation of a resource or a completion, which never ends with `asked` or `handed_over`. */
export function outputOf<Output>(outcome: InvocationOutcome<Output>): Output {
  if (outcome.kind === 'done') return outcome.output;
  throw new Error(`The outcome of the invocation is ${outcome.kind}; only done is possible here.`);
}
