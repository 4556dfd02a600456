import { AppError } from '../common/app-error.js';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Principal, SqlScope } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** A schema that validates and can give its JSON Schema (zod 4 can; https://standardschema.dev). */
export type ToolSchema<Output = unknown> = StandardSchemaV1<unknown, Output> & StandardJSONSchemaV1<unknown, Output>;

/** RFC 5424 §6.2.1; what MCP calls LoggingLevel. */
export type LoggingLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** What a person answered to `call.ask`. */
export type Answer =
  | { readonly action: 'accept'; readonly content: Readonly<Record<string, unknown>> }
  | { readonly action: 'decline' | 'cancel' };

/** A flat form (MCP elicitation): JSON Schema of type object with primitive properties only. */
export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

/** The surroundings of one tool call. */
export interface ToolCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  /** Aborts when the caller cancels or goes away, or the server shuts down. */
  readonly signal: AbortSignal;
  /** Rows (or other units) done so far; must rise. Cheap, and dropped when nobody asked for progress. */
  progress(done: number, total?: number, message?: string): void;
  /** A log message for the client, if it asked for logging. Never secrets or row values. */
  log(level: LoggingLevel, data: unknown): void;
  /** Whether the client can put a form before the person. */
  readonly canAsk: boolean;
  /**
   * Asks the person. In revisions up to 2025-11-25 this waits for the client's answer; in 2026-07-28 it ends the
   * attempt with an `input_required` result and the tool runs again from its start when the answer comes, so nothing
   * before an `ask` may have a lasting effect. `key` identifies the question inside one call.
   */
  ask(key: string, schema: FormSchema, message: string): Promise<Answer>;
}

/** What `@Tool` says of a tool. */
export interface ToolDefinition<I extends ToolSchema = ToolSchema, O extends ToolSchema = ToolSchema> {
  /** 1-64 of `[A-Za-z0-9_-]`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the token must hold. */
  readonly scope: SqlScope;
  /** True when the tool never changes anything: it is offered in read-only tenants. */
  readonly readOnly: boolean;
  readonly destructive?: boolean;
  readonly idempotent?: boolean;
  readonly openWorld?: boolean;
  readonly input: I;
  readonly output: O;
  /** The SQL text in an input, for the record of intent that is written before the tool runs. */
  auditedStatement?(input: InputOf<I>): string | undefined;
  /** Lets a tool describe itself by tenant (`execute_sql` reads only, or writes too). */
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

/** Text in a chosen format beside the structured data; a tool returns it when JSON of the data is not what the model should read. */
export class ToolOutput<T> {
  constructor(
    readonly structured: T,
    readonly text: string,
    /** Whether `text` is the JSON of `structured`: then it is not made a second time. */
    readonly isJson = false,
  ) {}
}

/**
 * Ends an attempt that waits for a person's answer (2026-07-28 answers it with `input_required`). `call.ask` throws it;
 * a tool lets it pass.
 */
export class QuestionPending extends AppError {
  constructor() {
    super('CANCELLED', 'The call continues when the client has answered.');
    this.name = 'QuestionPending';
  }
}

/** What a tool's class implements. Throws AppError for what the caller can mend. */
export interface ToolHandler<I extends ToolSchema, O extends ToolSchema> {
  execute(input: InputOf<I>, call: ToolCall): Promise<OutputOf<O> | ToolOutput<OutputOf<O>>>;
}
