import { limitsObjects, mayTouch } from '../../database/access.js';
import type { CallContext } from '../../database/call-context.js';
import { accessIn, listedDatabase } from '../../database/listed-databases.js';

/** Temporary tables and table variables. */
const OWN_TABLE = /^[#@]/;
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['mssqlsystemresource', 'tempdb', 'master']);

/** Decides which objects in a plan one person may see. */
export class PlanVisibility {
  /** Whether an access rule keeps the person from some objects. */
  readonly limited: boolean;

  constructor(private readonly call: Pick<CallContext, 'tenant' | 'principal'>) {
    this.limited = limitsObjects(call.principal.access);
  }

  /** Takes names as the plan writes them, in brackets. Without `database` the object is in the tenant's own database. */
  hides(database: string | undefined, schema: string | undefined, name: string): boolean {
    const { tenant, principal } = this.call;
    const bare = unquoted(name);
    if (OWN_TABLE.test(bare)) return false;
    const written = database === undefined ? tenant.config.database.database : unquoted(database);
    const listed = listedDatabase(tenant, written);
    if (!this.limited) {
      return listed === undefined && !tenant.config.allowThreePartNames && !SYSTEM_DATABASES.has(written.toLowerCase());
    }
    if (listed === undefined || schema === undefined) return true;
    return !mayTouch(accessIn(principal.access, listed), unquoted(schema), bare);
  }
}

export function unquoted(name: string): string {
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1).replaceAll(']]', ']') : name;
}
