import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { PooledSession } from '../driver/pooled-session.js';
import type { Rpc } from '../driver/session-request.js';
import { MARK, type ServerCapabilities } from './session-batch.js';
import { SETTINGS, SINGLE_SETTINGS } from './session-settings.js';
import { ProbeCache, type ProbeResult } from './probe-cache.js';
import { int, nvarchar } from '../driver/parameters.js';
import type { CellValue } from '../driver/result-set.js';
import { isTransient } from '../sql-server.errors.js';

/** SQL Server from 2016 on, Azure SQL Database, Managed Instance. */
const ALL_CAPABILITIES: ServerCapabilities = {
  settings: SETTINGS,
  writeSettings: SETTINGS,
  sessionContext: true,
  resetsContext: true,
  transactions: true,
  nested: true,
  print: true,
};

export const SESSION_CONTEXT = 'sp_set_session_context';
/** What `missing` says when a reset keeps the read-only keys of the session context. */
export const CONTEXT_RESET = 'reset of SESSION_CONTEXT';

const LIMIT_MS = 10_000;
const RETRY_AFTER_TIMEOUT_MS = 5_000;
const SET_CONTEXT = `EXEC sys.sp_set_session_context @key = @mcp_k0, @value = @mcp_v0, @read_only = 1;`;
const TRANSACTION = { begin: 'BEGIN TRANSACTION;', end: 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;' };
const NESTED = 'EXEC sys.sp_executesql @mcp_statement, @mcp_declarations, @mcp_p0;';
const contextValues = (value: string) => [nvarchar('mcp_k0', 'mcp_probe'), nvarchar('mcp_v0', value)];
/** Runs after SET_CONTEXT and a reset. Returns 1 when the key was gone and could be set again. */
const SET_AGAIN = `DECLARE @mcp_before nvarchar(10) = CAST(SESSION_CONTEXT(N'mcp_probe') AS nvarchar(10));
${SET_CONTEXT}
SELECT CASE WHEN @mcp_before IS NULL AND CAST(SESSION_CONTEXT(N'mcp_probe') AS nvarchar(10)) = @mcp_v0 THEN 1 ELSE 0 END AS reset;`;
const NESTED_VALUES = [
  nvarchar('mcp_statement', 'SELECT @a AS a'),
  nvarchar('mcp_declarations', '@a int'),
  int('mcp_p0', 1),
];

const log = logger('database');

/**
 * Finds out what each tenant's server can do around a statement. It asks at the first connection and again every ten
 * minutes: for everything at once, and one by one only where that fails. Other engines that speak TDS (Babelfish,
 * Synapse, Fabric, SQL Server 2014) can do less; docs/database-engines.md lists the consequences.
 */
@Injectable()
export class CapabilityProbe {
  private readonly answers = new ProbeCache<ServerCapabilities>();

  /** The features that the tenant's server lacks; empty while it has not answered yet. */
  missing(tenant: Tenant): readonly string[] {
    const capabilities = this.answers.lastValue(tenant.name);
    return capabilities === undefined ? [] : missingFrom(capabilities);
  }

  /** Throws a driver's error when the connection is lost meanwhile, and AppError TIMEOUT. */
  async of(tenant: Tenant, connection: PooledSession): Promise<ServerCapabilities> {
    const capabilities = await this.answers.get(tenant.name, () => this.probe(tenant, connection));
    if (capabilities === undefined) throw noAnswer();
    return capabilities;
  }

  private async probe(tenant: Tenant, connection: PooledSession): Promise<ProbeResult<ServerCapabilities>> {
    const session = new ProbedSession(connection);
    try {
      const value = (await hasAll(session))
        ? { ...ALL_CAPABILITIES, resetsContext: await resetsContext(session) }
        : await oneByOne(session);
      this.report(tenant, missingFrom(value));
      // The key of the probe may remain on it.
      if (connection.isInDoubt || !value.resetsContext) await connection.replace();
      return { value };
    } catch (error) {
      if (error instanceof AppError && error.code === 'TIMEOUT') return { retryAfterMs: RETRY_AFTER_TIMEOUT_MS };
      throw error;
    }
  }

  private report(tenant: Tenant, missing: readonly string[]): void {
    const known = this.answers.lastValue(tenant.name) !== undefined;
    if (missing.length === 0 || (known && this.missing(tenant).join() === missing.join())) return;
    log.warn(
      { tenant: tenant.name, missing },
      'this database server lacks some features of SQL Server; docs/database-engines.md lists the consequences',
    );
  }
}

async function hasAll(session: ProbedSession): Promise<boolean> {
  const { begin, end } = TRANSACTION;
  return session.answers({
    text: `${SETTINGS}${SET_CONTEXT}\n${MARK}${begin}\n${NESTED}\n${end}`,
    parameters: [...contextValues('1'), ...NESTED_VALUES],
  });
}

/** Asked right after SET_CONTEXT on the same connection. */
function resetsContext(session: ProbedSession): Promise<boolean> {
  return session.answers({ text: SET_AGAIN, parameters: contextValues('2') });
}

async function oneByOne(session: ProbedSession): Promise<ServerCapabilities> {
  const settings: string[] = [];
  for (const text of SINGLE_SETTINGS) if (await session.accepts({ text, parameters: [] })) settings.push(`${text}\n`);
  const nested = await session.answers({ text: NESTED, parameters: NESTED_VALUES });
  // It is set in the same batch as the statement, so it needs a nested sp_executesql.
  const sessionContext = nested && (await session.accepts({ text: SET_CONTEXT, parameters: contextValues('1') }));
  return {
    settings: settings.join(''),
    writeSettings: settings.join(''),
    sessionContext,
    resetsContext: sessionContext && (await resetsContext(session)),
    transactions: await session.accepts({ text: `${TRANSACTION.begin}\n${TRANSACTION.end}`, parameters: [] }),
    nested,
    print: await session.accepts({ text: MARK, parameters: [] }),
  };
}

function missingFrom(capabilities: ServerCapabilities): readonly string[] {
  const settings =
    capabilities.settings === SETTINGS ? [] : SINGLE_SETTINGS.filter(text => !capabilities.settings.includes(text));
  return [
    ...settings,
    ...(capabilities.sessionContext ? [] : [SESSION_CONTEXT]),
    ...(capabilities.sessionContext && !capabilities.resetsContext ? [CONTEXT_RESET] : []),
    ...(capabilities.transactions ? [] : ['transactions']),
    ...(capabilities.nested ? [] : ['sp_executesql in a batch']),
    ...(capabilities.print ? [] : ['PRINT']),
  ];
}

/** Probes a connection: a refusal of the server is an answer, and any other failure (a lost connection) is thrown. */
class ProbedSession {
  private readonly signal = AbortSignal.timeout(LIMIT_MS);

  constructor(private readonly connection: PooledSession) {}

  /** Whether the result is one row with the value 1. */
  async answers(rpc: Rpc): Promise<boolean> {
    const rows: (readonly CellValue[])[] = [];
    return (await this.run(rpc, row => void rows.push(row))) && rows.length === 1 && rows[0]?.[0] === 1;
  }

  accepts(rpc: Rpc): Promise<boolean> {
    return this.run(rpc, () => {});
  }

  private async run(rpc: Rpc, row: (row: CellValue[]) => void): Promise<boolean> {
    // An error or a kept key may make an engine refuse everything that follows on this connection.
    if (this.connection.isInDoubt) await this.connection.replace();
    this.connection.reset();
    try {
      const outcome = await this.connection.run(
        rpc,
        { columns: () => {}, row, done: () => {}, message: () => {} },
        { timeoutMs: LIMIT_MS, signal: this.signal, cells: { maxBytes: 100, cutCells: 0 } },
      );
      if (outcome.stopped === undefined) return true;
    } catch (error) {
      const { number } = error as { number?: unknown };
      if (typeof number !== 'number' || isTransient(error)) throw error;
      return false;
    }
    throw noAnswer();
  }
}

function noAnswer(): AppError {
  return new AppError('TIMEOUT', 'The database did not report its capabilities in time.', {
    hint: 'The database may be busy. Try again in a few seconds.',
  });
}
