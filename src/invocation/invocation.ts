import type { AppError } from '../common/app-error.js';
import type { Principal, SqlScope } from '../common/principal.js';
import type { StatementReport } from '../database/statement-report.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The MCP methods that reach the database or a team's own code. */
export type InvocationMethod = 'tools/call' | 'resources/read' | 'prompts/get' | 'completion/complete';

/** What the pipeline knows of the call that asked. A `ToolCall`, a `ResourceCall` and a `PromptCall` are one. */
export interface InvocationCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** The call as the invoked code gets it: `report` takes what became of each statement, for the audit trail and metrics. */
export type ReportingCall<C extends InvocationCall> = C & { report(statement: StatementReport): void };

/** What differs between tools, resources, prompts and completions, in the order in which the pipeline asks it. */
export interface InvocationSteps<C extends InvocationCall, Found, Input, Output> {
  readonly method: InvocationMethod;
  /** As the caller wrote it: a tool's or a prompt's name, a resource's URI, what a completion is for. */
  readonly requested: string;
  find(): Found | undefined;
  /** Whether this tenant offers it to this person. */
  isAllowed(found: Found): boolean;
  /** The error for what doesn't exist, and for what this person must not know of. */
  unknown(): AppError;
  /** What the token must hold. */
  scopeOf(found: Found): SqlScope;
  /** Throws AppError INVALID_ARGUMENT. */
  validate(found: Found): Input | Promise<Input>;
  /** Whether it may change anything: then it runs only when the intent is on record. */
  mayChange(found: Found): boolean;
  /** The SQL text of the input, for the intent. */
  statementOf(found: Found, input: Input): string | undefined;
  run(found: Found, input: Input, call: ReportingCall<C>): Output | Promise<Output>;
  /** The length of what was given out, for the record; tools report it with their statements. */
  bytesOf?(output: Output): number;
}

/** `asked`: the attempt ended with a question to the person; the client repeats the call with the answer. */
export type InvocationOutcome<Output> = { readonly kind: 'done'; readonly output: Output } | { readonly kind: 'asked' };

/** The output of an invocation that can't ask: resources and completions have no way to a person. */
export function outputOf<Output>(outcome: InvocationOutcome<Output>): Output {
  if (outcome.kind === 'done') return outcome.output;
  throw new Error('An invocation without questions ended with one.');
}
