import { Injectable } from '@nestjs/common';
import { CatalogAttempts } from '../../database/catalog/catalog-attempts.js';
import { CatalogRunner, type Requester } from '../../database/connection/catalog-runner.js';
import { hasAttributes } from '../../tenancy/access-attributes.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { RESTRICTIONS } from './value-queries.js';

/**
 * Decides whether the values of a tenant's database may be known to the search at all. Statistics ignore row-level
 * security, the attributes of persons and grants on columns, so with `value_search: auto` no value is read where one of
 * them is in use, or where the login could not see that it is.
 */
@Injectable()
export class ValueRules {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /** Why values are left out, without asking the database; undefined if nothing forbids them. Access rules may change. */
  settingAgainst(tenant: Tenant): string | undefined {
    const { valueSearch } = tenant.config;
    if (valueSearch === 'off') return 'value search is off';
    if (valueSearch === 'always') return undefined;
    return hasAttributes(tenant) ? 'the access rules give users attributes' : undefined;
  }

  /** The same for what only the database knows. */
  async databaseAgainst(tenant: Tenant, requester: Requester): Promise<string | undefined> {
    if (tenant.config.valueSearch === 'always') return undefined;
    const answer = await this.attempts.attempt(tenant, RESTRICTIONS, [], requester, true);
    const [policies, grants, seesAll] = answer?.sets[0]?.[0] ?? [];
    if (policies === undefined || seesAll !== 1)
      return 'the login may not see whether row-level security is in use (VIEW DEFINITION)';
    if (policies !== 0) return 'the database has row-level security';
    return grants === 0 ? undefined : 'the database has permissions on single columns';
  }
}
