import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogRunner, type Rows } from '../../database/connection/catalog-runner.js';
import { nvarchar } from '../../database/driver/parameters.js';
import { messageOf } from '../../database/sql-server.messages.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { ProofState } from './proof.types.js';

/** Returns a row per column of the result: name, type; or one row with the error's number, message and type. */
const BY_FUNCTION = `SELECT d.name, d.system_type_name, d.error_number, d.error_message, d.error_type
FROM sys.dm_exec_describe_first_result_set(@tsql, NULLIF(@params, N''), 0) AS d;`;
/** The same as a procedure, for engines without the function; an error is raised. */
const BY_PROCEDURE = `DECLARE @declared nvarchar(max) = NULLIF(@params, N'');
EXEC sys.sp_describe_first_result_set @tsql = @tsql, @params = @declared;`;

const UNKNOWN_OBJECT = 208;
const UNKNOWN_PROCEDURE = 2812;
const NO_PERMISSION = new Set([229, 230, 262, 297, 300]);
/** The result could not be described, which says nothing about the statement (sys.messages 11506 to 11549). */
const isUndescribed = (number: number): boolean => number >= 11_506 && number <= 11_549;
/** error_type of sys.dm_exec_describe_first_result_set: a dynamic statement, a temporary table and so on. */
const UNDESCRIBED_TYPES = new Set([4, 5, 6, 7, 8, 9, 10, 11, 12]);

export interface Described {
  readonly state: ProofState;
  /** A sentence; absent when the statement compiles. */
  readonly reason?: string;
}

type Way = 'function' | 'procedure' | 'none';

/** Has the database compile statements without running them. */
@Injectable()
export class StatementDescriber {
  private readonly ways = new WeakMap<Tenant, Way>();

  constructor(private readonly catalog: CatalogRunner) {}

  /** `declarations` is the list of parameters, as sp_executesql takes it. Throws AppError when the database can't be reached. */
  async describe(tenant: Tenant, sql: string, declarations: string, signal: AbortSignal): Promise<Described> {
    const way = this.ways.get(tenant) ?? 'function';
    if (way === 'none')
      return { state: 'unverified', reason: 'The database cannot compile a statement without running it.' };
    try {
      const batch = way === 'function' ? BY_FUNCTION : BY_PROCEDURE;
      const parameters = [nvarchar('tsql', sql), nvarchar('params', declarations)];
      const { sets } = await this.catalog.read(tenant, batch, parameters, { signal, subject: 'knowledge' }, 5_000);
      return way === 'function' ? judged(sets[0] ?? []) : { state: 'proved' };
    } catch (error) {
      const number = numberOf(error);
      if (number === undefined) throw error;
      const next = nextWay(way, number);
      if (next === undefined) return failed(number, error instanceof AppError ? error.message : '');
      this.ways.set(tenant, next);
      return this.describe(tenant, sql, declarations, signal);
    }
  }
}

/** The other way to ask, when the error says that there is no such function or procedure. */
function nextWay(way: Way, number: number): Way | undefined {
  if (way === 'function')
    return number === UNKNOWN_OBJECT || NO_PERMISSION.has(number) || number >= 50_000 || number === 4121
      ? 'procedure'
      : undefined;
  return number === UNKNOWN_PROCEDURE ? 'none' : undefined;
}

function judged(rows: Rows): Described {
  const failure = rows.find(([, , number]) => typeof number === 'number');
  if (failure === undefined) {
    return rows.length > 0 ? { state: 'proved' } : { state: 'broken', reason: 'The statement returns no rows.' };
  }
  const [, , number, message, type] = failure;
  if (UNDESCRIBED_TYPES.has(Number(type))) return undescribed(Number(number));
  return failed(Number(number), String(message ?? ''));
}

function failed(number: number, message: string): Described {
  if (isUndescribed(number)) return undescribed(number);
  const text = messageOf(number).shown ? message : `The database refuses it with error ${number}.`;
  return { state: 'broken', reason: text.trim() };
}

function undescribed(number: number): Described {
  return {
    state: 'unverified',
    reason: `The database cannot tell what it returns without running it (error ${number}).`,
  };
}

function numberOf(error: unknown): number | undefined {
  if (!(error instanceof AppError) || error.code === 'DATABASE_UNAVAILABLE') return undefined;
  const number = error.details?.['number'];
  return typeof number === 'number' ? number : undefined;
}
