import { Injectable } from '@nestjs/common';
import { protectedColumns } from '../../common/column-patterns.js';
import type { Requester } from '../../database/connection/catalog-runner.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { SchemaLink, SchemaModel, SchemaObject } from '../catalog/schema-model.js';
import { LookupReader, type LookupTable } from './lookup.reader.js';
import { type ReadableColumn, StatisticsReader } from './statistics.reader.js';
import { type CollectedValues, type ColumnValues, MAX_LOOKUP_ROWS, MAX_VALUES, TEXT_TYPES } from './value.types.js';
import { ValueRules } from './value-rules.js';

/** The time for all values of one database. */
const TIME_MS = 30_000;
const MAX_LOOKUPS = 2_000;
const MAX_LOOKUP_COLUMNS = 8;

/** Collects the values of a tenant's database in the background: lookup tables first, then histograms. */
@Injectable()
export class ValueCollector {
  constructor(
    private readonly rules: ValueRules,
    private readonly lookups: LookupReader,
    private readonly statistics: StatisticsReader,
  ) {}

  async collect(
    tenant: Tenant,
    model: SchemaModel,
    links: readonly SchemaLink[],
    requester: Requester & { readonly signal: AbortSignal },
  ): Promise<CollectedValues> {
    const against = this.rules.settingAgainst(tenant) ?? (await this.rules.databaseAgainst(tenant, requester));
    if (against !== undefined) return { columns: [], note: `no values: ${against}` };
    const readable = readableColumns(tenant, model);
    const time = AbortSignal.timeout(TIME_MS);
    const bounded = { ...requester, signal: AbortSignal.any([requester.signal, time]) };
    const found: ColumnValues[] = [];
    let count = 0;
    const isFull = (more = 0): boolean => count + more >= MAX_VALUES || time.aborted;
    for (const table of lookupTables(model, links, readable, requester.database)) {
      if (isFull()) break;
      for (const values of await this.lookups.read(tenant, table, bounded.signal)) {
        found.push(values);
        count += values.values.length;
      }
      requester.signal.throwIfAborted();
    }
    const known = new Set(found.map(({ column }) => column));
    const columnOf = (objectId: number, columnId: number): ReadableColumn | undefined => {
      const place = model.findIds(objectId, columnId);
      if (place === undefined || known.has(place.column) || !readable(place.object, place.column)) return undefined;
      return { ...place, objectId, name: model.columns.names[place.column] ?? '' };
    };
    const fromStatistics = isFull() ? [] : await this.statistics.read(tenant, bounded, columnOf, isFull);
    requester.signal.throwIfAborted();
    for (const values of fromStatistics) count += values.values.length;
    found.push(...fromStatistics);
    return { columns: found, ...(isFull() ? { note: 'not all values were read: there are too many' } : {}) };
  }
}

type IsReadable = (object: number, column: number) => boolean;

/** Text columns that the setting `protected_columns` does not name and that the database neither masks nor encrypts. */
function readableColumns(tenant: Tenant, model: SchemaModel): IsReadable {
  const isProtected = protectedColumns(tenant.config.protectedColumns);
  return (object, column) => {
    const { schema = '', name = '' } = model.objects[object] ?? {};
    return (
      TEXT_TYPES.has(model.columns.types[column] ?? '') &&
      !model.columns.masked.has(column) &&
      !isProtected({ schema, table: name, column: model.columns.names[column] ?? '' })
    );
  };
}

/** Tables of at most 5,000 rows with texts: those to which most tables refer come first. */
function lookupTables(
  model: SchemaModel,
  links: readonly SchemaLink[],
  isReadable: IsReadable,
  database: string | undefined,
): readonly LookupTable[] {
  const referring = new Uint32Array(model.objects.length);
  for (const { to } of links) referring[to] = (referring[to] ?? 0) + 1;
  return model.objects
    .map((table, object) => ({ table, object }))
    .filter(({ table }) => isLookup(table))
    .sort((a, b) => (referring[b.object] ?? 0) - (referring[a.object] ?? 0))
    .slice(0, MAX_LOOKUPS)
    .map(({ table, object }) => ({
      object,
      place: { ...(database === undefined ? {} : { database }), schema: table.schema, name: table.name },
      columns: model
        .columnsOf(object)
        .filter(({ at }) => isReadable(object, at))
        .slice(0, MAX_LOOKUP_COLUMNS),
    }))
    .filter(({ columns }) => columns.length > 0);
}

function isLookup({ kind, type, rowCount }: SchemaObject): boolean {
  return (
    kind === 'table' && type === undefined && rowCount !== undefined && rowCount > 0 && rowCount <= MAX_LOOKUP_ROWS
  );
}
