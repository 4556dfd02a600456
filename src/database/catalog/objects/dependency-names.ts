import type { AccessLimits } from '../../../common/principal.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { limitsObjects, mayTouch } from '../../access.js';
import type { Rows } from '../../connection/catalog-runner.js';
import { accessIn, listedDatabase } from '../../listed-databases.js';
import { shownName, shownPart } from '../../object-name.js';
import type { LookupOptions } from '../table-finder.js';

/**
 * The names of rows of DEPENDS_ON, without those that a person's rules hide. `access` are the rules for all databases.
 * Whoever is limited learns of no name whose schema is open, and of no database that the tenant doesn't list.
 */
export function dependencyNames(
  rows: Rows | undefined,
  tenant: Tenant,
  access: AccessLimits | undefined,
  options: LookupOptions,
): readonly string[] | undefined {
  const limited = access !== undefined && limitsObjects(access);
  return distinct(
    rows?.flatMap(([server, database, schema, name, foundSchema, found]) => {
      if (typeof found === 'string')
        return mayTouch(options.access, String(foundSchema), found) ? [shownName(String(foundSchema), found)] : [];
      const parts = [server, database, schema, name].filter(part => typeof part === 'string' && part !== '');
      const shown = parts.map(part => shownPart(String(part))).join('.');
      if (!limited) return [shown];
      if (typeof server === 'string' || typeof schema !== 'string' || typeof name !== 'string') return [];
      const where = typeof database === 'string' ? listedDatabase(tenant, database) : options.database;
      if (typeof database === 'string' && where === undefined) return [];
      return mayTouch(accessIn(access, where ?? tenant.config.database.database), schema, name) ? [shown] : [];
    }),
  );
}

/** The names of rows of USED_BY, without those that the person's rules for this database hide. */
export function referringNames(
  rows: Rows | undefined,
  access: AccessLimits | undefined,
): readonly string[] | undefined {
  return distinct(
    rows
      ?.filter(([schema, name]) => typeof name === 'string' && mayTouch(access, String(schema), name))
      .map(([schema, name]) => shownName(String(schema), String(name))),
  );
}

function distinct(names: readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined ? undefined : [...new Set(names)].sort();
}
