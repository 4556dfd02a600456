import { CatalogReader } from '../../src/database/catalog/catalog-reader.js';
import { CatalogSource } from '../../src/database/catalog/catalog-source.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import { ConnectionLender } from '../../src/database/connection/connection-lender.js';
import { LoginPermissions } from '../../src/database/connection/login-permissions.js';
import { QueryEvents } from '../../src/database/query-events.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { ServerAbilities } from '../../src/database/connection/server-abilities.js';
import { StatementPolicy } from '../../src/database/policy/statement-policy.js';
import { TenantDataSources } from '../../src/database/connection/tenant-data-sources.js';

export interface DatabaseServices {
  readonly queries: QueryService;
  readonly catalog: CatalogService;
  readonly lender: ConnectionLender;
  readonly events: QueryEvents;
  readonly sources: TenantDataSources;
  close(): Promise<void>;
}

/** The database layer, wired as its module wires it. */
export function databaseServices(): DatabaseServices {
  const events = new QueryEvents();
  const sources = new TenantDataSources(events);
  const lender = new ConnectionLender(sources, new LoginPermissions(events), new ServerAbilities());
  return {
    queries: new QueryService(new StatementPolicy(), lender, events),
    catalog: new CatalogService(new CatalogSource(new CatalogReader(lender))),
    lender,
    events,
    sources,
    close: () => sources.onApplicationShutdown(),
  };
}
