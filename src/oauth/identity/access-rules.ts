import type { AccessLimits, Allowance, Budget, DataScope } from '../../common/principal.js';
import type { AccessRuleConfig, TenantConfig } from '../../config/tenants/tenant.config.js';

/** A person before any access rule is applied. */
export interface Identity {
  readonly subject: string;
  readonly groups: readonly string[];
  /** Whether the password is ours to check; false for people of an upstream provider. */
  readonly local: boolean;
  /** The id of a machine client, which is no person: only rules with `client` apply to it. */
  readonly client?: string;
}

export interface Access {
  readonly highestScope: DataScope;
  /** Absent: no. */
  readonly mayExport?: boolean;
  readonly limits: AccessLimits;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Returns what a person or a machine client may do in a tenant; undefined: nothing. A rule that names the person applies alone; otherwise
 * the rules of their groups are combined. Without rules every local user has the tenant's highest scope, and nobody
 * from upstream has any: an identity provider usually knows more people than should see a database.
 */
export function accessOf(
  tenant: Pick<TenantConfig, 'readOnly' | 'access'> & Partial<Pick<TenantConfig, 'exports' | 'limits'>>,
  who: Identity,
): Access | undefined {
  const highest: DataScope = tenant.readOnly ? 'sql:read' : 'sql:write';
  if (tenant.access === undefined) {
    return who.local
      ? { highestScope: highest, mayExport: tenant.exports === true, limits: {}, attributes: {} }
      : undefined;
  }
  const own = tenant.access.filter(rule =>
    who.client === undefined ? rule.user === who.subject : rule.client === who.client,
  );
  const rules =
    own.length > 0 ? own : tenant.access.filter(rule => rule.group !== undefined && who.groups.includes(rule.group));
  if (rules.length === 0) return undefined;
  const mayWrite = highest === 'sql:write' && rules.some(rule => rule.scope === 'sql:write');
  return {
    highestScope: mayWrite ? 'sql:write' : 'sql:read',
    mayExport: tenant.exports === true && rules.some(rule => rule.exports === true),
    limits: { ...limitsOf(rules), ...costsOf(rules, tenant.limits?.maxQueryCost ?? 0), ...budgetOf(rules) },
    // The first rule that sets a key wins.
    attributes: Object.assign({}, ...rules.map(rule => rule.attributes ?? {}).reverse()) as Record<string, string>,
  };
}

function limitsOf(rules: readonly AccessRuleConfig[]): AccessLimits {
  const tools = union(rules.map(rule => rule.tools));
  // A rule without schemas and tables allows all of them, whatever other rules list.
  const open = rules.some(rule => rule.schemas === undefined && rule.tables === undefined);
  return {
    ...(tools === undefined ? {} : { tools }),
    // Empty lists are kept: they allow nothing, and absent lists would allow everything.
    ...(rules.some(rule => rule.maySuggest === true) ? { maySuggest: true } : {}),
    ...(rules.some(rule => rule.operator === true) ? { operator: true } : {}),
    ...(rules.some(rule => rule.subjectAccess === true) ? { subjectAccess: true } : {}),
    ...(open ? {} : { schemas: distinct(rules, 'schemas'), tables: distinct(rules, 'tables') }),
  };
}

function distinct(rules: readonly AccessRuleConfig[], list: 'schemas' | 'tables'): readonly string[] {
  return [...new Set(rules.flatMap(rule => rule[list] ?? []))];
}

/** The most generous of the rules counts; a rule without a limit of its own has the tenant's. */
function costsOf(
  rules: readonly AccessRuleConfig[],
  ofTenant: number,
): Pick<AccessLimits, 'maxQueryCost' | 'costOverride'> {
  const limits = rules.map(rule => rule.maxQueryCost ?? ofTenant);
  const overrides = rules.flatMap(rule => rule.costOverride ?? []);
  return {
    ...(rules.every(rule => rule.maxQueryCost === undefined)
      ? {}
      : { maxQueryCost: limits.includes(0) ? 0 : Math.max(...limits) }),
    ...(overrides.length === 0 ? {} : { costOverride: Math.max(...overrides) }),
  };
}

const MEASURES = ['calls', 'rows', 'databaseSeconds'] as const;
const HOURS = { hour: 1, day: 24 } as const;

/** The most generous of the rules counts for each measure; a rule that doesn't limit the measure lifts the limit. */
function budgetOf(rules: readonly AccessRuleConfig[]): Pick<AccessLimits, 'budget'> {
  const limited = MEASURES.flatMap(measure => {
    const all = rules.flatMap(rule => rule.budget?.[measure] ?? []);
    return all.length < rules.length ? [] : [[measure, all.reduce(moreGenerous)] as const];
  });
  return limited.length === 0 ? {} : { budget: Object.fromEntries(limited) as Budget };
}

/** Returns the allowance that allows more per hour on average. */
function moreGenerous(one: Allowance, other: Allowance): Allowance {
  return other.amount / HOURS[other.per] > one.amount / HOURS[one.per] ? other : one;
}

/** Undefined when one of the lists is absent, because absent means all. */
function union(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const present = lists.filter(list => list !== undefined);
  return present.length < lists.length ? undefined : [...new Set(present.flat())];
}
