import { createHash } from 'node:crypto';
import { AppError } from '../../common/app-error.js';
import type { Principal } from '../../common/principal.js';
import type { CallContext } from '../../database/call-context.js';
import { QueryService } from '../../database/query/query.service.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { Definitions, VerifiedQuery } from '../file/definitions.js';
import type { RecordedResult, RecordedResults } from './recorded-results.js';

/** What became of one verified query. */
export interface QueryVerdict {
  readonly name: string;
  /** `skipped`: a parameter has no value. */
  readonly verdict: 'same' | 'different' | 'not_recorded' | 'failed' | 'skipped';
  /** A sentence that says what is different or what failed; absent for `same`. */
  readonly text?: string;
  /** The result of this run, to be recorded. */
  readonly result?: RecordedResult;
}

/** Runs each verified query of a tenant, and compares its result with the recorded one. */
export class Evaluation {
  constructor(private readonly queries: QueryService) {}

  async run(
    tenant: Tenant,
    { queries }: Definitions,
    recorded: RecordedResults,
    signal: AbortSignal,
  ): Promise<readonly QueryVerdict[]> {
    const verdicts: QueryVerdict[] = [];
    for (const query of queries) verdicts.push(await this.judge(query, recorded[query.name], callOf(tenant, signal)));
    return verdicts;
  }

  private async judge(
    query: VerifiedQuery,
    before: RecordedResult | undefined,
    call: CallContext,
  ): Promise<QueryVerdict> {
    const { name } = query;
    const missing = (query.parameters ?? []).find(
      each => each.default === undefined && before?.parameters?.[each.name] === undefined,
    );
    if (missing !== undefined)
      return {
        name,
        verdict: 'skipped',
        text: `The parameter ${missing.name} has no default. Put a value into "parameters" of the recorded result.`,
      };
    let result: RecordedResult;
    try {
      result = await this.resultOf(query, before?.parameters, call);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { name, verdict: 'failed', text: error.message };
    }
    if (before === undefined) return { name, verdict: 'not_recorded', text: 'There is no recorded result.', result };
    const difference = differenceOf(before, result, query.evaluate);
    return difference === undefined
      ? { name, verdict: 'same', result }
      : { name, verdict: 'different', text: difference, result };
  }

  private async resultOf(
    { sql, parameters = [] }: VerifiedQuery,
    own: RecordedResult['parameters'],
    call: CallContext,
  ): Promise<RecordedResult> {
    const values = Object.fromEntries(
      parameters.map(({ name, type, default: usual }) => [name, { type, value: own?.[name] ?? usual ?? null }]),
    );
    const rows: string[] = [];
    let columns: readonly string[] = [];
    await this.queries.stream(
      sql,
      call,
      {
        columns: found => void (columns = found.map(column => column.name)),
        row: row => {
          rows.push(createHash('sha256').update(JSON.stringify(row)).digest('hex'));
          // Only MAX_ROWS limits the result, because no row is kept.
          return 0;
        },
      },
      { parameters: values },
    );
    const sha256 = createHash('sha256').update(rows.sort().join('\n')).digest('hex');
    const recordedOn = new Date().toISOString().slice(0, 10);
    return {
      ...(own === undefined ? {} : { parameters: own }),
      columns: [...columns],
      row_count: rows.length,
      sha256,
      recorded_on: recordedOn,
    };
  }
}

function differenceOf(
  before: RecordedResult,
  now: RecordedResult,
  compared: VerifiedQuery['evaluate'],
): string | undefined {
  const since = `since ${before.recorded_on}`;
  if (before.columns.join('\n') !== now.columns.join('\n'))
    return `The columns are ${now.columns.join(', ')}; ${since} they were ${before.columns.join(', ')}.`;
  if (compared === 'columns') return undefined;
  if (before.row_count !== now.row_count)
    return `There are ${now.row_count} rows; ${since} there were ${before.row_count}.`;
  return before.sha256 === now.sha256 ? undefined : `Values have changed ${since}; the number of rows has not.`;
}

/** The administrator who runs the command, with the rights of the server's own login. */
function callOf(tenant: Tenant, signal: AbortSignal): CallContext {
  const principal: Principal = {
    subject: 'mssql-mcp evaluate',
    client: 'mssql-mcp',
    tenant: tenant.name,
    scopes: new Set(['sql:read']),
    highestScope: 'sql:read',
    access: {},
    attributes: {},
  };
  return { tenant, principal, requestId: 'evaluate', signal };
}
