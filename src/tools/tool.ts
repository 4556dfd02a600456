import { AppError } from '../common/app-error.js';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Principal, SqlScope } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** A schema that validates and can give its JSON Schema (zod 4 can; https://standardschema.dev). */
export type ToolSchema<Output = unknown> = StandardSchemaV1<unknown, Output> & StandardJSONSchemaV1<unknown, Output>;

/** The severities of RFC 5424 §6.2.1, which MCP calls LoggingLevel. */
export type LoggingLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** A person's answer to `call.ask`. */
export type Answer =
  | { readonly action: 'accept'; readonly content: Readonly<Record<string, unknown>> }
  | { readonly action: 'decline' | 'cancel' };

/** A flat form (MCP elicitation): JSON Schema of type object with primitive properties only. */
export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

/** The context of one tool call. */
export interface ToolCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  /** The fingerprint, in hex, of the client certificate that a proxy verified for the request. */
  readonly certificate?: string | undefined;
  /** Aborts when the caller cancels or goes away, or the server shuts down. */
  readonly signal: AbortSignal;
  /** Reports the rows (or other units) done so far; the number must increase. Ignored if nobody asked for progress. */
  progress(done: number, total?: number, message?: string): void;
  /** Sends a log message to the client if it asked for logging. Must not contain secrets or row values. */
  log(level: LoggingLevel, data: unknown): void;
  /** Whether the client can show a form to the person. */
  readonly canAsk: boolean;
  /**
   * Asks the person a question. In revisions up to 2025-11-25 this waits for the client's answer. In 2026-07-28 it ends
   * the attempt with an `input_required` result, and the tool runs again from its start when the answer arrives, so
   * nothing before an `ask` may have a lasting effect. `key` identifies the question inside one call.
   */
  ask(key: string, schema: FormSchema, message: string): Promise<Answer>;
  /** Set if the call may go on after its caller got a handle: see `mayTakeLong`. */
  readonly patience?: CallPatience | undefined;
}

/** The limits of a call whose caller gets a handle when it takes long. */
export interface CallPatience {
  /** How long each of its statements may run, in milliseconds. */
  readonly limitMs: number;
  /** Runs a part of the call for which the caller waits: see `attended`. */
  attended<T>(run: () => Promise<T>): Promise<T>;
}

/**
 * Runs a part of the call during which its caller gets no handle: a question to the person, and what the question depends
 * on. Its statements have the ordinary time limit. Throws AppError CANCELLED when the caller has already got a handle.
 */
export function attended<T>(call: ToolCall, run: (call: ToolCall) => Promise<T>): Promise<T> {
  const { patience, ...present } = call;
  return patience === undefined ? run(call) : patience.attended(() => run(present));
}

/** The definition of a tool, which `@Tool` takes. */
export interface ToolDefinition<I extends ToolSchema = ToolSchema, O extends ToolSchema = ToolSchema> {
  /** 1 to 64 characters from `[A-Za-z0-9_-]`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The scope that the token must have. */
  readonly scope: SqlScope;
  /** True if the tool never changes anything. Only such tools are offered in read-only tenants. */
  readonly readOnly: boolean;
  readonly destructive?: boolean;
  readonly idempotent?: boolean;
  readonly openWorld?: boolean;
  /** False for a tool that changes something other than the database: a read-only tenant offers it too. */
  readonly changesDatabase?: boolean;
  /**
   * True if the tool's work is one statement, which may take longer than clients wait. In a tenant with LONG_QUERIES its
   * caller then gets a handle, and the call continues; the tool need not do anything for this.
   */
  readonly mayTakeLong?: boolean;
  /** True if a call continues an earlier one, which was already counted in the person's budget. */
  readonly continuesCall?: boolean;
  readonly input: I;
  readonly output: O;
  /** Returns the SQL text in an input, for the audit record that is written before the tool runs. */
  auditedStatement?(input: InputOf<I>): string | undefined;
  /** Returns the name of the definition that an input asks for, for both audit records of the call. */
  auditedTarget?(input: InputOf<I>): string | undefined;
  /** The tool's `_meta` in `tools/list`. */
  meta?(tenant: Tenant): Readonly<Record<string, unknown>>;
  /** Whether this person may use the tool, besides what the access rules say of tools and scopes. */
  isFor?(principal: Principal): boolean;
  /** Adapts the definition to a tenant: `execute_sql` only reads in a read-only tenant. */
  forTenant?(
    tenant: Tenant,
  ):
    | Partial<
        Pick<ToolDefinition, 'title' | 'description' | 'scope' | 'readOnly' | 'destructive' | 'idempotent' | 'input'>
      >
    | 'hidden';
}

export type InputOf<I extends ToolSchema> = StandardSchemaV1.InferOutput<I>;
export type OutputOf<O extends ToolSchema> = StandardSchemaV1.InferOutput<O>;

/** Structured data with a text. A tool returns it if the model should not read the JSON of the data. */
export class ToolOutput<T> {
  constructor(
    readonly structured: T,
    readonly text: string,
    /** Whether `text` is the JSON of `structured`; if so, it is not made a second time. */
    readonly isJson = false,
  ) {}
}

/**
 * Ends an attempt that waits for a person's answer (an `input_required` result in 2026-07-28). `call.ask` throws it,
 * and a tool must not catch it.
 */
export class QuestionPending extends AppError {
  constructor() {
    super('CANCELLED', 'The call continues when the client has answered.');
    this.name = 'QuestionPending';
  }
}

/** The interface of a tool's class. `execute` throws AppError for an error that the caller can correct. */
export interface ToolHandler<I extends ToolSchema, O extends ToolSchema> {
  execute(input: InputOf<I>, call: ToolCall): Promise<OutputOf<O> | ToolOutput<OutputOf<O>>>;
}
