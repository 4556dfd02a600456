import type { AccessLimits } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The databases that people of a tenant may name: its own, and those of its setting `databases`. */
export function databasesOf({ config }: Pick<Tenant, 'config'>): readonly string[] {
  const own = config.database.database;
  return [own, ...config.databases.filter(name => !sameName(name, own))];
}

/** Those besides the tenant's own. */
export function otherDatabasesOf(tenant: Pick<Tenant, 'config'>): readonly string[] {
  return databasesOf(tenant).slice(1);
}

/**
 * Only A to Z count as equal to a to z. What else a server takes for the same letter depends on its collation, and on one
 * that distinguishes case even these are two names: `isExact` of a mention says whether the server has to be asked.
 */
export function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function folded(name: string): string {
  return name.replace(/[A-Z]/g, letter => letter.toLowerCase());
}

/** The database as the settings spell it; undefined if people of this tenant may not name it. */
export function listedDatabase(tenant: Pick<Tenant, 'config'>, wanted: string): string | undefined {
  const all = databasesOf(tenant);
  return all.find(name => name === wanted) ?? all.find(name => sameName(name, wanted));
}

/**
 * The rules of a person for one database. An entry without a database holds for each of them: `sales` and `sales.Orders`.
 * An entry that begins with a database holds for that one only: `Archive.sales` and `Archive.sales.Orders`.
 */
export function accessIn(access: AccessLimits, database: string): AccessLimits {
  const { schemas, tables } = access;
  if (schemas === undefined && tables === undefined) return access;
  return {
    ...access,
    ...(schemas === undefined ? {} : { schemas: withoutPrefix(schemas, database) }),
    ...(tables === undefined ? {} : { tables: withoutPrefix(tables, database) }),
  };
}

function withoutPrefix(entries: readonly string[], database: string): readonly string[] {
  const prefix = `${database.toLowerCase()}.`;
  return entries.map(entry => (entry.toLowerCase().startsWith(prefix) ? entry.slice(prefix.length) : entry));
}
