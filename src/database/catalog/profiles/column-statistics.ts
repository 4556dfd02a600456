import { Injectable } from '@nestjs/common';
import { hasAttributes } from '../../../tenancy/access-attributes.js';
import type { CallContext } from '../../call-context.js';
import { CatalogRunner, type Rows } from '../../connection/catalog-runner.js';
import { nvarchar } from '../../driver/parameters.js';
import { quotedPlace } from '../../object-name.js';
import { CatalogAttempts } from '../catalog-attempts.js';
import type { TableDescription } from '../catalog.types.js';
import { lookupFor } from '../catalog.service.js';
import { within } from '../within-database.js';
import type { ColumnProfile } from './column-profile.js';
import { histogramProfiles } from './histogram-profiles.js';
import { HISTOGRAMS, READABLE_COLUMNS } from './profile.queries.js';

export interface StatisticsOfTable {
  /** The columns that the login may read. Undefined where the server can't tell; a statement then shows it. */
  readonly readable: ReadonlySet<string> | undefined;
  /** By column; empty where statistics would show what a statement of this person would not. */
  readonly profiles: ReadonlyMap<string, ColumnProfile>;
}

const NOTHING: StatisticsOfTable = { readable: undefined, profiles: new Map() };

/**
 * Reads what statistics know of a table's columns. Statistics know nothing of row-level security, masks, column grants and
 * the attributes of persons: where one of them is in use, or can't be ruled out, none are read, unless the tenant says
 * `value_search: always`.
 */
@Injectable()
export class ColumnStatistics {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  async of(table: TableDescription, call: CallContext): Promise<StatisticsOfTable> {
    const { tenant, principal } = call;
    const options = within(tenant, table.database, lookupFor(call));
    const full = [nvarchar('full', quotedPlace({ schema: table.schema, name: table.table }))];
    const columns = await this.attempts.attempt(tenant, READABLE_COLUMNS, full, options, true);
    if (columns === undefined) return NOTHING;
    const rows = columns.sets[0] ?? [];
    const readable = new Set(rows.filter(([, mayRead]) => mayRead === 1).map(([name]) => String(name)));
    const { valueSearch } = tenant.config;
    const open =
      valueSearch === 'always' || (valueSearch === 'auto' && !hasAttributes(tenant, principal) && isOpen(rows));
    if (!open || table.type !== 'table') return { readable, profiles: new Map() };
    const startedAt = performance.now();
    const found = await this.attempts.attempt(tenant, HISTOGRAMS, full, options, true);
    const steps = found?.sets[0] ?? [];
    call.report?.(reportOf(table, steps.length, startedAt));
    return { readable, profiles: histogramProfiles(steps.filter(([column]) => readable.has(String(column)))) };
  }
}

/** Whether the login may read the whole table, with no policy and no mask between. Rows of READABLE_COLUMNS. */
function isOpen(rows: Rows): boolean {
  return (
    rows.length > 0 &&
    rows.every(
      ([, mayRead, masked, filtered, seesPolicies]) =>
        mayRead === 1 && masked === false && filtered === 0 && seesPolicies === 1,
    )
  );
}

/** Statistics hold values of rows, so the audit trail has a statement for them, as for any read. */
function reportOf({ database, schema, table }: TableDescription, rows: number, startedAt: number) {
  return {
    kind: 'read' as const,
    statement: `-- the column statistics of ${quotedPlace({ database, schema, name: table })}`,
    parameterTypes: {},
    verdict: 'allowed' as const,
    rows,
    bytes: 0,
    affectedRows: [],
    seconds: (performance.now() - startedAt) / 1000,
  };
}
