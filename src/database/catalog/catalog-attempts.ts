import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { CatalogAnswer, CatalogRunner, Requester, Rows } from '../connection/catalog-runner.js';
import type { RpcParameter } from '../driver/parameters.js';
import { isTransient } from '../sql-server.errors.js';

/** One query for the rows; when the server refuses it, the next strategy is tried. */
export interface Strategy {
  readonly text: string;
  readonly shape?: (rows: Rows) => Rows;
}

/** The rows of one query; `cut` when the server has more of them than it reads. */
export interface CatalogRows {
  readonly rows: Rows;
  readonly cut: boolean;
}

const ASK_AGAIN_MS = 60_000;
const log = logger('database');

/** Sends queries that this database server may refuse, and remembers which it refused. The log has the first refusal. */
export class CatalogAttempts {
  /** When a query was refused, by tenant, database and query text: it is not sent again for a minute. */
  private readonly refused = new Map<string, number>();

  private readonly reported = new Set<string>();

  constructor(private readonly runner: CatalogRunner) {}

  /** Throws the error of the last strategy when every one was refused. */
  async firstOf(
    tenant: Tenant,
    strategies: readonly Strategy[],
    parameters: readonly RpcParameter[],
    requester: Requester | undefined,
  ): Promise<CatalogRows> {
    for (const { text, shape } of strategies.slice(0, -1)) {
      const answer = await this.attempt(tenant, text, parameters, requester);
      if (answer !== undefined) return rowsOf(answer, shape);
    }
    const last = strategies[strategies.length - 1];
    if (last === undefined) return { rows: [], cut: false };
    return rowsOf(await this.runner.read(tenant, last.text, parameters, requester), last.shape);
  }

  /** Undefined when the server refuses the query. `expected`: a refusal says nothing about the server, only the login. */
  async attempt(
    tenant: Tenant,
    text: string,
    parameters: readonly RpcParameter[],
    requester: Requester | undefined,
    expected = false,
  ): Promise<CatalogAnswer | undefined> {
    const key = `${tenant.name}\n${requester?.database ?? ''}\n${text}`;
    const before = this.refused.get(key);
    if (before !== undefined && Date.now() - before < ASK_AGAIN_MS) return undefined;
    try {
      const answer = await this.runner.read(tenant, text, parameters, requester);
      this.refused.delete(key);
      return answer;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused.set(key, Date.now());
      if (!expected && !this.reported.has(tenant.name)) {
        this.reported.add(tenant.name);
        log.warn(
          { tenant: tenant.name, err: error },
          'this database server lacks a catalogue view or function; the tools show less (docs/database-engines.md)',
        );
      }
      return undefined;
    }
  }
}

function rowsOf({ sets, cut }: CatalogAnswer, shape: Strategy['shape']): CatalogRows {
  const [rows = []] = sets;
  return { rows: shape === undefined ? rows : shape(rows), cut };
}

/** Whether the server refused the statement itself, so that another try would fail too. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError) || isTransient(error.cause)) return false;
  return error.code === 'SQL_ERROR' || error.code === 'PERMISSION_DENIED';
}
