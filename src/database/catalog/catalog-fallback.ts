import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import {
  DESCRIPTIONS,
  INFORMATION_ALL_COLUMNS,
  INFORMATION_COLUMNS,
  INFORMATION_KEYS,
  INFORMATION_KEYS_IN,
  INFORMATION_KEYS_OUT,
  INFORMATION_TABLES,
  PLAIN_COLUMNS,
  PLAIN_TABLES,
  ROW_COUNTS,
} from './catalog-fallback.queries.js';
import { COLUMNS, TABLE, TABLE_SETS, TABLES } from './catalog.queries.js';
import { type Requester, CatalogRunner, type Rows } from '../connection/catalog-runner.js';
import { columnRows, keyRows, keysInRows, keysOutRows, tableRows, withCounts } from './information-schema.js';
import { int, nvarchar, type RpcParameter } from '../driver/parameters.js';
import { isTransient } from '../sql-server.errors.js';

/** A table as it was listed; the id is 0 where only INFORMATION_SCHEMA is available. */
export interface ListedTable {
  readonly schema: string;
  readonly name: string;
  readonly objectId: number;
}

/** One query for the rows; when the server refuses it, the next strategy is tried. */
interface Strategy {
  readonly text: string;
  readonly shape?: (rows: Rows) => Rows;
}

const ASK_AGAIN_MS = 60_000;
const log = logger('database');

/**
 * Reads the catalogue in the shape of catalog.queries: in one round trip where the server has SQL Server's views, and
 * otherwise part by part, each from the best views that exist. Facts that no view has are left out.
 */
@Injectable()
export class CatalogFallback {
  /** When a query was refused, by tenant and query text: it is not sent again for a minute. */
  private readonly refused = new Map<string, number>();

  constructor(private readonly runner: CatalogRunner) {}

  async tables(tenant: Tenant, requester?: Requester): Promise<Rows> {
    const whole = await this.attempt(tenant, TABLES, [], requester);
    if (whole !== undefined) return whole[0] ?? [];
    const listed = await this.firstOf(
      tenant,
      [{ text: PLAIN_TABLES }, { text: INFORMATION_TABLES, shape: tableRows }],
      [],
      requester,
    );
    const counts = await this.attempt(tenant, ROW_COUNTS, [], requester);
    const descriptions = await this.attempt(tenant, DESCRIPTIONS, [], requester);
    return withCounts(listed, counts?.[0] ?? [], descriptions?.[0] ?? []);
  }

  /** Returns a row per column of every table: schema, table, column. */
  columns(tenant: Tenant, requester?: Requester): Promise<Rows> {
    return this.firstOf(tenant, [{ text: COLUMNS }, { text: INFORMATION_ALL_COLUMNS }], [], requester);
  }

  /** Returns the result sets of TABLE_SETS. */
  async table(tenant: Tenant, table: ListedTable, requester?: Requester): Promise<readonly Rows[]> {
    const { objectId: id, schema, name } = table;
    const byId: RpcParameter[] = [int('id', id), nvarchar('name', name)];
    const whole = id === 0 ? undefined : await this.attempt(tenant, TABLE, byId, requester);
    if (whole !== undefined) return whole;
    const parameters = [...byId, nvarchar('schema', schema)];
    const [, columns, indexes, keysOut, keysIn, ...others] = TABLE_SETS;
    // The sys views are queried by id, where ids are known, and the standard's views by name.
    const strategies = (own: readonly string[], fallback?: Strategy): readonly Strategy[] => [
      ...(id === 0 ? [] : own.map(text => ({ text }))),
      ...(fallback === undefined ? [] : [fallback]),
    ];
    const found = await this.firstOf(
      tenant,
      strategies([columns, PLAIN_COLUMNS], { text: INFORMATION_COLUMNS, shape: columnRows }),
      parameters,
      requester,
    );
    const sets: Rows[] = [found.length === 0 ? [] : [[schema, name, null, id]], found];
    for (const part of [
      strategies([indexes], { text: INFORMATION_KEYS, shape: keyRows }),
      strategies([keysOut], { text: INFORMATION_KEYS_OUT, shape: keysOutRows }),
      strategies([keysIn], { text: INFORMATION_KEYS_IN, shape: keysInRows }),
      ...others.map(text => strategies([text])),
    ]) {
      sets.push(await this.firstOf(tenant, part, parameters, requester).catch(nothingIfRefused));
    }
    return sets;
  }

  /** Throws the error of the last strategy when every one was refused. */
  private async firstOf(
    tenant: Tenant,
    strategies: readonly Strategy[],
    parameters: readonly RpcParameter[],
    requester: Requester | undefined,
  ): Promise<Rows> {
    for (const { text, shape } of strategies.slice(0, -1)) {
      const rows = (await this.attempt(tenant, text, parameters, requester))?.[0];
      if (rows !== undefined) return shape === undefined ? rows : shape(rows);
    }
    const last = strategies[strategies.length - 1];
    if (last === undefined) return [];
    const [rows = []] = await this.runner.read(tenant, last.text, parameters, requester);
    return last.shape === undefined ? rows : last.shape(rows);
  }

  /** Undefined when the server refuses the query. */
  private async attempt(
    tenant: Tenant,
    text: string,
    parameters: readonly RpcParameter[],
    requester: Requester | undefined,
  ): Promise<readonly Rows[] | undefined> {
    const key = `${tenant.name}\n${text}`;
    const before = this.refused.get(key);
    if (before !== undefined && Date.now() - before < ASK_AGAIN_MS) return undefined;
    try {
      const sets = await this.runner.read(tenant, text, parameters, requester);
      this.refused.delete(key);
      return sets;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused.set(key, Date.now());
      if (before === undefined)
        log.warn(
          { tenant: tenant.name, err: error },
          'this database server lacks a catalogue view or function; the tools show less (docs/database-engines.md)',
        );
      return undefined;
    }
  }
}

/** Whether the server refused the statement itself, so that another try would fail too. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError) || isTransient(error.cause)) return false;
  return error.code === 'SQL_ERROR' || error.code === 'PERMISSION_DENIED';
}

function nothingIfRefused(error: unknown): Rows {
  if (isRefusal(error)) return [];
  throw error;
}
