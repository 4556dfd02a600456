import type { AccessLimits } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { accessIn, databasesOf, listedDatabase } from '../listed-databases.js';
import { unknownDatabase } from './catalog.errors.js';
import type { LookupOptions } from './table-finder.js';

/** Who asks, in which of the tenant's databases. */
export interface CallerOptions {
  /** Leaves out tables that this person may not use. */
  readonly access?: AccessLimits | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The subject whose turn in the fair queue the call takes. */
  readonly subject?: string | undefined;
  /** One of the tenant's databases; absent: its own. A name that has a database in front of it means that one. */
  readonly database?: string | undefined;
}

/** The options for one of the tenant's databases, with the rules of the person there. Throws AppError INVALID_ARGUMENT. */
export function within(
  tenant: Tenant,
  wanted: string | undefined,
  { access, signal, subject }: CallerOptions,
): LookupOptions {
  const own = tenant.config.database.database;
  const database = wanted === undefined ? own : listedDatabase(tenant, wanted);
  if (database === undefined) throw unknownDatabase(wanted ?? '', databasesOf(tenant));
  return {
    access: access === undefined ? undefined : accessIn(access, database),
    signal,
    subject,
    ...(database === own ? {} : { database }),
  };
}
