import type { Tenant } from '../../tenancy/tenant.js';
import type { Requester } from '../connection/catalog-runner.js';
import type { CatalogFallback } from './catalog-fallback.js';
import { type KnownTable, knownTables } from './known-table.js';

export interface AllTables {
  readonly tables: readonly KnownTable[];
  /** The catalogue has more tables than the server reads. */
  readonly cut: boolean;
  readonly at: number;
}

/** The tables of each tenant as they were last read. One list is kept for each of a tenant's databases. */
export class RememberedTables {
  private readonly lists = new Map<string, AllTables>();

  constructor(private readonly catalog: CatalogFallback) {}

  async read(tenant: Tenant, requester: Requester): Promise<AllTables> {
    const { rows, cut } = await this.catalog.tables(tenant, requester);
    const list = { tables: knownTables(rows), cut, at: Date.now() };
    this.lists.set(keyOf(tenant, requester.database), list);
    return list;
  }

  /** The list if it is younger than `maxAgeMs`. */
  youngerThan(maxAgeMs: number, tenant: Tenant, database: string | undefined): AllTables | undefined {
    const list = this.lists.get(keyOf(tenant, database));
    return list !== undefined && Date.now() - list.at < maxAgeMs ? list : undefined;
  }

  forget(tenant: Tenant, database: string | undefined): void {
    this.lists.delete(keyOf(tenant, database));
  }
}

function keyOf({ name }: Tenant, database = ''): string {
  return JSON.stringify([name, database]);
}
