import { Injectable } from '@nestjs/common';
import { CatalogAttempts } from '../../database/catalog/catalog-attempts.js';
import {
  CatalogRunner,
  MAX_CATALOG_ROWS,
  type Requester,
  type Rows,
} from '../../database/connection/catalog-runner.js';
import { int } from '../../database/driver/parameters.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { slices } from '../ranking/pause.js';
import { SchemaBuilder } from './schema-builder.js';
import type { SchemaModel } from './schema-model.js';
import {
  COLUMN_DESCRIPTIONS,
  COLUMNS,
  FOREIGN_KEYS,
  INFORMATION_COLUMNS,
  INFORMATION_OBJECTS,
  INFORMATION_STAMP,
  KEYS,
  OBJECTS,
  PARAMETERS,
  PLAIN_COLUMNS,
  PLAIN_OBJECTS,
  PLAIN_STAMP,
  STAMP,
  UNDESCRIBED_OBJECTS,
} from './schema.queries.js';

/** Columns of one page: more would be held twice for too long. */
const PAGE = 20_000;
/** Columns of a schema that are read; the rest can't be found. */
const MAX_COLUMNS = 1_000_000;

/** Reads what the index needs from the catalogue of a tenant's database, in a few round trips. */
@Injectable()
export class SchemaReader {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /** A text that changes when an object or a description does. */
  async stamp(tenant: Tenant, requester: Requester): Promise<string> {
    const strategies = [{ text: STAMP }, { text: PLAIN_STAMP }, { text: INFORMATION_STAMP }];
    return JSON.stringify((await this.attempts.firstOf(tenant, strategies, [], requester)).rows);
  }

  async read(tenant: Tenant, requester: Requester): Promise<SchemaModel> {
    const found =
      (await this.attempts.attempt(tenant, OBJECTS, [], requester)) ??
      (await this.attempts.attempt(tenant, UNDESCRIBED_OBJECTS, [], requester)) ??
      (await this.attempts.attempt(tenant, PLAIN_OBJECTS, [], requester));
    const columns = found === undefined ? undefined : await this.columns(tenant, requester);
    if (found === undefined || columns === undefined) return this.fromInformationSchema(tenant, requester);
    return new SchemaBuilder({
      objects: found.sets[0] ?? [],
      columns: columns.pages,
      parameters: await this.part(tenant, PARAMETERS, requester),
      descriptions: await this.part(tenant, COLUMN_DESCRIPTIONS, requester),
      keys: await this.part(tenant, KEYS, requester),
      foreignKeys: await this.part(tenant, FOREIGN_KEYS, requester),
      cut: found.cut || columns.cut,
    }).build(slices(requester.signal));
  }

  private async columns(
    tenant: Tenant,
    requester: Requester,
  ): Promise<{ pages: readonly Rows[]; cut: boolean } | undefined> {
    const pages: Rows[] = [];
    for (let after = -2_147_483_648, total = 0; ;) {
      const parameters = [int('count', PAGE), int('after', after)];
      const page =
        (await this.attempts.attempt(tenant, COLUMNS, parameters, requester)) ??
        (await this.attempts.attempt(tenant, PLAIN_COLUMNS, parameters, requester));
      const rows = page?.sets[0];
      if (rows === undefined) return undefined;
      pages.push(rows);
      total += rows.length;
      if (rows.length < PAGE) return { pages, cut: false };
      if (total >= MAX_COLUMNS) return { pages, cut: true };
      after = Number(rows.at(-1)?.[0]);
    }
  }

  /** Empty where the server refuses the query: the search then knows less. */
  private async part(tenant: Tenant, text: string, requester: Requester): Promise<Rows> {
    return (await this.attempts.attempt(tenant, text, [], requester))?.sets[0] ?? [];
  }

  /** Without ids the position in the list is the id. */
  private async fromInformationSchema(tenant: Tenant, requester: Requester): Promise<SchemaModel> {
    const listed = await this.attempts.firstOf(tenant, [{ text: INFORMATION_OBJECTS }], [], requester);
    const key = (schema: unknown, name: unknown): string => JSON.stringify([schema, name]);
    const ids = new Map(listed.rows.map(([schema, name], i) => [key(schema, name), i + 1]));
    const columns = await this.part(tenant, INFORMATION_COLUMNS, requester);
    return new SchemaBuilder({
      objects: listed.rows.map(([schema = null, name = null, type], i) => [
        i + 1,
        schema,
        name,
        type === 'VIEW' ? 'V' : 'U',
        null,
        null,
      ]),
      columns: [
        columns.map(([schema, table, name = null, type = null, nullable = null], i) => [
          ids.get(key(schema, table)) ?? 0,
          i,
          name,
          type,
          nullable,
          0,
        ]),
      ],
      parameters: [],
      descriptions: [],
      keys: [],
      foreignKeys: [],
      cut: listed.cut || columns.length >= MAX_CATALOG_ROWS,
    }).build(slices(requester.signal));
  }
}
