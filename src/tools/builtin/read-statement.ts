import { Injectable } from '@nestjs/common';
import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { CacheRequest } from '../../cache/answer-cache.js';
import { CachedReads, type CachedRead } from '../../cache/cached-reads.js';
import type { CallContext } from '../../database/call-context.js';
import type { AdmittedStatement } from '../../database/policy/admitted-statement.js';
import type { QueryResult } from '../../database/driver/result-set.js';
import { type QueryParameters, QueryService } from '../../database/query/query.service.js';
import type { SqlOutput } from '../results/result-schemas.js';
import { type ResultExtras, ResultText } from '../results/result-text.js';
import { ToolOutput, type ToolCall } from '../tool.js';
import { maxRowBytesOf } from '../results/result-size.js';
import { CostQuestion } from './cost-question.js';
import { ErrorHints } from './error-hints.js';
import { statementBinding, StatementCursor } from './statement-cursor.js';

export interface ReadStatementInput {
  readonly query: string;
  readonly parameters?: QueryParameters | undefined;
  readonly max_rows?: number | undefined;
  readonly format?: ResultFormat | undefined;
  readonly cursor?: string | undefined;
}

export interface ReadStatementOptions {
  /** False for a tool that has no cursor. */
  readonly paged?: boolean;
  /** The same statement, if the policy has already admitted it. */
  readonly admitted?: AdmittedStatement;
  /** Facts about the answer that stand beside its rows. */
  readonly extras?: ResultExtras | undefined;
  /** Leaves out the server's messages, such as "Null value is eliminated" (8153), which a statement of ours causes by design. */
  readonly quiet?: boolean;
  /** For a statement whose answers may be kept: that of a definition, never a caller's own. */
  readonly cache?: CachePlan | undefined;
  /** Checks that need the database, before the statement runs. A cached answer has passed them. */
  readonly prepare?: (call: CallContext) => Promise<void>;
}

export type CachePlan = Omit<CacheRequest, 'statement'>;

/** Of `cached_at` and `max_age`. */
const CACHE_FACTS_BYTES = 60;

/** Reads one page of a statement, for execute_sql, query_sql and get_table_sample. */
@Injectable()
export class ReadStatement {
  constructor(
    private readonly queries: QueryService,
    private readonly cursors: StatementCursor,
    private readonly hints: ErrorHints,
    private readonly costs: CostQuestion,
    private readonly cached: CachedReads,
  ) {}

  async run(
    input: ReadStatementInput,
    call: ToolCall,
    { paged = true, admitted, extras: given = {}, quiet = false, cache, prepare }: ReadStatementOptions = {},
  ): Promise<ToolOutput<SqlOutput>> {
    const format = input.format ?? call.tenant.config.format;
    const extraBytes = Buffer.byteLength(JSON.stringify(given)) + (cache === undefined ? 0 : CACHE_FACTS_BYTES);
    const text = new ResultText(format, extraBytes);
    const binding = (): readonly string[] => statementBinding(call, input.query, input.parameters);
    const skipRows = this.cursors.skipOf(input.cursor, binding);
    const { parameters, max_rows: maxRows } = input;
    const read = async (at: CallContext, { measureRow }: ResultText): Promise<QueryResult> => {
      await prepare?.(at);
      const options = { parameters, maxRows, skipRows, measureRow, maxRowBytes: maxRowBytesOf(at.tenant) };
      return this.queries.read(admitted ?? input.query, at, options);
    };
    const run = async (allowed: ToolCall): Promise<CachedRead> => {
      if (cache === undefined) return { result: await read(allowed, text) };
      const about = [...cache.about, format, maxRows ?? null, skipRows, parameters ?? null, extraBytes];
      const request = { ...cache, statement: input.query, about };
      // Several callers may wait for the same run, and each writes a text of its own.
      const shared = await this.cached.read(request, allowed, at => read(at, new ResultText(format, extraBytes)));
      text.write(shared.result);
      return shared;
    };
    const { result: found, cached } = await this.costs.letPass(input.query, call, run).catch(async (error: unknown) => {
      throw await this.hints.explain(error, input.query, call);
    });
    const extras = { ...given, ...cached };
    const result = quiet ? { ...found, messages: [] } : found;
    if (result.resultSets.length === 0) return nothingReturned(result.messages);
    if (!paged) return text.output(result, extras);
    const next = this.cursors.nextOf(result, skipRows, call.tenant.config.limits.maxSkipRows, binding);
    return text.output(result, { ...extras, ...next, ...noteOf(extras, next) });
  }
}

/** Both notes, where there are two. */
function noteOf(...all: readonly ResultExtras[]): ResultExtras {
  const notes = all.flatMap(({ note }) => note ?? []);
  return notes.length === 0 ? {} : { note: notes.join(' ') };
}

/** The output of a SELECT that only assigns variables. */
function nothingReturned(messages: readonly string[]): ToolOutput<SqlOutput> {
  const structured: SqlOutput = {
    affected_rows: 0,
    operation: 'success',
    ...(messages.length === 0 ? {} : { messages: [...messages] }),
  };
  return new ToolOutput(structured, JSON.stringify(structured));
}
