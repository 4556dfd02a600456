import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { CatalogAttempts, type CatalogRows, isRefusal, type Strategy } from './catalog-attempts.js';
import {
  INFORMATION_COLLATION,
  INFORMATION_COLUMNS,
  INFORMATION_KEYS,
  INFORMATION_KEYS_IN,
  INFORMATION_KEYS_OUT,
  INFORMATION_REFERENCED_TABLES,
  INFORMATION_SCHEMA_NAMED,
  informationColumnsOf,
  PLAIN_COLUMNS,
} from './catalog-fallback.queries.js';
import {
  COLUMN_COLLATION,
  columnsOf,
  REFERENCED_BY_MODULES,
  REFERENCED_TABLES,
  SCHEMA,
  TABLE,
  TABLE_SETS,
} from './catalog.queries.js';
import {
  type CatalogAnswer,
  CatalogRunner,
  MAX_CATALOG_ROWS,
  type Requester,
  type Rows,
} from '../connection/catalog-runner.js';
import { columnRows, keyRows, keysInRows, keysOutRows } from './information-schema.js';
import { int, nvarchar, type RpcParameter } from '../driver/parameters.js';
import { quoteName } from '../object-name.js';
import { ALL_TABLES, TableListing, TABLES_NAMED } from './table-listing.js';

/** A table as it was listed; the id is 0 where only INFORMATION_SCHEMA is available. */
export interface ListedTable {
  readonly schema: string;
  readonly name: string;
  readonly objectId: number;
}

/**
 * Reads the catalogue in the shape of catalog.queries: in one round trip where the server has SQL Server's views, and
 * otherwise part by part, each from the best views that exist. Facts that no view has are left out.
 */
@Injectable()
export class CatalogFallback {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /** Returns rows of catalog.queries' TABLES, with the source of each table of change data capture at their end. */
  tables(tenant: Tenant, requester?: Requester): Promise<CatalogRows> {
    return new TableListing(this.attempts, tenant, requester).read(ALL_TABLES);
  }

  /** The same for the tables named `name` in any schema, as the database compares names. */
  async tablesNamed(tenant: Tenant, name: string, requester?: Requester): Promise<Rows> {
    const listing = new TableListing(this.attempts, tenant, requester);
    return (await listing.read(TABLES_NAMED, [nvarchar('name', name)])).rows;
  }

  async hasSchema(tenant: Tenant, name: string, requester?: Requester): Promise<boolean> {
    const strategies = [{ text: SCHEMA }, { text: INFORMATION_SCHEMA_NAMED }];
    const { rows } = await this.attempts.firstOf(tenant, strategies, [nvarchar('name', name)], requester);
    return rows.length > 0;
  }

  /** Returns a row per column of the tables: schema, table, column. */
  async columns(
    tenant: Tenant,
    tables: readonly Pick<ListedTable, 'schema' | 'name'>[],
    requester?: Requester,
  ): Promise<Rows> {
    if (tables.length === 0) return [];
    const parameters = tables.flatMap(({ schema, name }, i) => [nvarchar(`s${i}`, schema), nvarchar(`n${i}`, name)]);
    const strategies = [{ text: columnsOf(tables.length) }, { text: informationColumnsOf(tables.length) }];
    return (await this.attempts.firstOf(tenant, strategies, parameters, requester)).rows;
  }

  /**
   * Returns schema and name of each table that a foreign key of another table refers to, and of each object that a
   * module refers to, where the login may know. The rows of one table may come twice.
   */
  async referredTables(tenant: Tenant, requester?: Requester): Promise<Rows> {
    const strategies = [{ text: REFERENCED_TABLES }, { text: INFORMATION_REFERENCED_TABLES }];
    const byKeys = await this.attempts.firstOf(tenant, strategies, [], requester);
    const byModules = await this.attempts.attempt(tenant, REFERENCED_BY_MODULES, [], requester, true);
    return [...byKeys.rows, ...(byModules?.sets[0] ?? [])];
  }

  /** Returns a row with the collation of a column of the tenant's own database; none where it is not known. */
  async collation(
    tenant: Tenant,
    { schema, name }: Pick<ListedTable, 'schema' | 'name'>,
    column: string,
    requester?: Requester,
  ): Promise<Rows> {
    const parameters = [
      nvarchar('table', `${quoteName(schema)}.${quoteName(name)}`),
      ...[nvarchar('schema', schema), nvarchar('name', name), nvarchar('column', column)],
    ];
    const strategies = [{ text: COLUMN_COLLATION }, { text: INFORMATION_COLLATION }];
    const answer = this.attempts.firstOf(tenant, strategies, parameters, requester);
    return answer.then(({ rows }) => rows).catch(nothingIfRefused);
  }

  /** Returns the result sets of TABLE_SETS. */
  async table(tenant: Tenant, table: ListedTable, requester?: Requester): Promise<readonly Rows[]> {
    const { objectId: id, schema, name } = table;
    const byId: RpcParameter[] = [int('id', id), nvarchar('name', name)];
    const whole = id === 0 ? undefined : await this.attempts.attempt(tenant, TABLE, byId, requester);
    if (whole !== undefined) return complete(whole);
    const parameters = [...byId, nvarchar('schema', schema)];
    const [, columns, indexes, keysOut, keysIn, ...others] = TABLE_SETS;
    // The sys views are queried by id, where ids are known, and the standard's views by name.
    const strategies = (own: readonly string[], fallback?: Strategy): readonly Strategy[] => [
      ...(id === 0 ? [] : own.map(text => ({ text }))),
      ...(fallback === undefined ? [] : [fallback]),
    ];
    const { rows: found } = await this.attempts.firstOf(
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
      const answer = this.attempts.firstOf(tenant, part, parameters, requester);
      sets.push(await answer.then(({ rows }) => rows).catch(nothingIfRefused));
    }
    return sets;
  }
}

function complete({ sets, cut }: CatalogAnswer): readonly Rows[] {
  if (cut)
    throw new AppError('RESULT_TOO_LARGE', `The catalogue has more than ${MAX_CATALOG_ROWS} rows about this table.`);
  return sets;
}

function nothingIfRefused(error: unknown): Rows {
  if (isRefusal(error)) return [];
  throw error;
}
