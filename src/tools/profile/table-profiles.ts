import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { protectedColumns } from '../../common/column-patterns.js';
import type { AccessLimits } from '../../common/principal.js';
import { mayTouch } from '../../database/access.js';
import type { TableDescription } from '../../database/catalog/catalog.types.js';
import type { ColumnProfile } from '../../database/catalog/profiles/column-profile.js';
import { ColumnStatistics } from '../../database/catalog/profiles/column-statistics.js';
import { QueryService } from '../../database/query/query.service.js';
import { accessIn } from '../../database/listed-databases.js';
import { DefinitionsPort } from '../../search/definitions.port.js';
import { RowAccess } from '../codes/row-access.js';
import type { ToolCall } from '../tool.js';
import { canBeSampled, SAMPLE_ROWS, sampleProfiles, sampleStatement } from './sample-profiles.js';
import { type TableJoin, tableJoins } from './table-joins.js';

/** A sample is counted here and not returned, so it may have so many times the bytes of a result. */
const SAMPLE_BYTES_FACTOR = 100;
const MAX_SAMPLED_COLUMNS = 200;
const SAMPLE_LIMIT_MS = 10_000;

export interface TableProfile {
  readonly columns: ReadonlyMap<string, ColumnProfile>;
  readonly joins: TableJoin[];
  readonly message?: string;
}

/**
 * What the values of a table's columns are like: from statistics where these show nothing that the person could not read,
 * and otherwise from a sample, which is a statement of the person. `protected_columns` have no profile.
 */
@Injectable()
export class TableProfiles {
  constructor(
    private readonly statistics: ColumnStatistics,
    private readonly queries: QueryService,
    private readonly definitions: DefinitionsPort,
    private readonly access: RowAccess,
  ) {}

  /** Throws AppError PERMISSION_DENIED for a person who may not read rows. */
  assertAllowed(call: ToolCall): void {
    if (this.access.mayReadRows(call)) return;
    throw new AppError('PERMISSION_DENIED', 'A profile shows values, and you may use no tool that reads rows.', {
      hint: 'Leave profile out.',
    });
  }

  /** Profiles the `names` among the table's columns. Throws what `assertAllowed` throws. */
  async of(table: TableDescription, names: readonly string[], call: ToolCall): Promise<TableProfile> {
    this.assertAllowed(call);
    const { schema, table: name } = table;
    const isProtected = protectedColumns(call.tenant.config.protectedColumns);
    const wanted = table.columns.filter(
      column => names.includes(column.name) && !isProtected({ schema, table: name, column: column.name }),
    );
    const joins = tableJoins(table, this.joinsFor(table, call));
    const { readable, profiles } = await this.statistics.of(table, call);
    const known = new Map(wanted.flatMap(column => entryOf(column.name, profiles)));
    const others = wanted
      .filter(column => !known.has(column.name) && readable?.has(column.name) !== false && canBeSampled(column))
      .slice(0, MAX_SAMPLED_COLUMNS);
    if (others.length === 0) return { columns: known, joins };
    const sample = await this.sample(table, others, call);
    const message = sample.sampled ? `Numbers of a sampled profile count a sample of ${sample.rows} rows.` : undefined;
    return {
      columns: new Map([...known, ...sample.profiles]),
      joins,
      ...(message === undefined ? {} : { message }),
    };
  }

  private async sample(table: TableDescription, columns: TableDescription['columns'], call: ToolCall) {
    const bounded = { ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(SAMPLE_LIMIT_MS)]) };
    const { resultSets } = await this.queries.read(sampleStatement(table, columns), bounded, {
      maxRows: SAMPLE_ROWS,
      measureRow: row => Buffer.byteLength(JSON.stringify(row)) / SAMPLE_BYTES_FACTOR,
    });
    const { rows, truncatedBy } = resultSets[0] ?? NO_ROWS;
    const sampled = truncatedBy !== undefined || rows.length >= SAMPLE_ROWS;
    const profiles = sampleProfiles(columns, rows, !sampled, new Date().toISOString());
    return { rows: rows.length, sampled, profiles };
  }

  /** Definitions are about the tenant's own database. The tables that the person may not use are left out. */
  private joinsFor({ database }: TableDescription, { tenant, principal }: ToolCall) {
    if (database !== undefined) return [];
    const access: AccessLimits = accessIn(principal.access, tenant.config.database.database);
    const visible = (place: { readonly schema: string; readonly table: string }) =>
      mayTouch(access, place.schema, place.table);
    return this.definitions.definitionsOf(tenant).joins.filter(({ from, to }) => visible(from) && visible(to));
  }
}

const NO_ROWS = { rows: [], truncatedBy: undefined };

function entryOf(
  name: string,
  profiles: ReadonlyMap<string, ColumnProfile>,
): readonly (readonly [string, ColumnProfile])[] {
  const profile = profiles.get(name);
  return profile === undefined ? [] : [[name, profile]];
}
