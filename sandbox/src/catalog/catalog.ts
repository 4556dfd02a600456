import type { ResolvedVirtualTable } from '../engine/binder/bind-context.ts';
import { notSupported } from '../engine/sql-error.ts';
import type { CatalogProvider, CatalogSession, SystemProcedure } from '../session/catalog-provider.ts';
import { FaultPlan } from '../worker/fault-plan.ts';
import { catalogLookup } from './catalog-lookup.ts';
import { isCompatibilityView } from './compatibility-names.ts';
import { SessionMetadata } from './metadata.ts';
import { spDescribeFirstResultSet } from './procedures/describe.ts';
import { faultProcedures } from './procedures/faults.ts';
import { spHelpText } from './procedures/help-text.ts';
import { spColumns, spDatabases, spForeignKeys, spPrimaryKeys, spTables } from './procedures/odbc-catalog.ts';
import { systemViewId } from './system-view-ids.ts';
import { SYSTEM_VIEWS } from './system-views.ts';
import { tableFunction } from './table-functions.ts';
import type { CatalogView } from './view.ts';

const refused = (name: string): SystemProcedure => ({
  run() {
    throw notSupported(`${name}; sys.dm_exec_sessions and sys.dm_exec_requests tell the same`);
  },
});

const PROCEDURES: ReadonlyMap<string, SystemProcedure> = new Map([
  ['sp_tables', spTables],
  ['sp_columns', spColumns],
  ['sp_databases', spDatabases],
  ['sp_pkeys', spPrimaryKeys],
  ['sp_fkeys', spForeignKeys],
  ['sp_helptext', spHelpText],
  ['sp_describe_first_result_set', spDescribeFirstResultSet],
  ['sp_who', refused('sp_who')],
  ['sp_who2', refused('sp_who2')],
]);

const VIEWS: ReadonlyMap<string, CatalogView> = new Map(
  SYSTEM_VIEWS.map(view => [`${view.schema}.${view.name}`.toLowerCase(), view]),
);

/** Finds views, functions and procedures of the catalog by name; their rows are those that the session may see. */
class Catalog implements CatalogProvider {
  private readonly faults: ReadonlyMap<string, SystemProcedure>;

  constructor(faults: FaultPlan) {
    this.faults = faultProcedures(faults);
  }

  view(schema: string | undefined, name: string, session: CatalogSession): ResolvedVirtualTable | undefined {
    // Without a schema, and in dbo, only the system tables of old are found.
    const old = isCompatibilityView(schema, name.toLowerCase(), session.database.name);
    const view = VIEWS.get(`${old ? 'sys' : (schema ?? '')}.${name}`.toLowerCase());
    if (!view) {
      if (old) throw notSupported(`the compatibility view ${name.toLowerCase()}`);
      return undefined;
    }
    return {
      kind: 'virtual',
      objectId: systemViewId(view),
      schema: view.schema,
      name: view.name,
      columns: view.columns,
      lookup: catalogLookup(view, session),
      rows: () => view.rows(session),
    };
  }

  tableFunction(
    schema: string | undefined,
    name: string,
    session: CatalogSession,
  ): ReturnType<CatalogProvider['tableFunction']> {
    if (schema !== undefined && schema.toLowerCase() !== 'sys') return undefined;
    return tableFunction(name, session);
  }

  metadata(session: CatalogSession): SessionMetadata {
    return new SessionMetadata(session);
  }

  procedure(schema: string | undefined, name: string): SystemProcedure | undefined {
    const wanted = name.toLowerCase();
    if (schema?.toLowerCase() === 'sandbox') return this.faults.get(wanted);
    if (schema !== undefined && schema !== '' && !['sys', 'dbo'].includes(schema.toLowerCase())) return undefined;
    return PROCEDURES.get(wanted);
  }
}

export function createCatalog(faults: FaultPlan = new FaultPlan()): CatalogProvider {
  return new Catalog(faults);
}
