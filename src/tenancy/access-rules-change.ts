import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../common/is-object.js';
import type { AccessRuleConfig, TenantConfig } from '../config/tenants/tenant.config.js';
import { nameInFile } from '../config/validation/check-settings.js';

type Rules = ReadonlyMap<string, readonly AccessRuleConfig[] | undefined>;

const MAX_NAMED = 50;

/** The rules of the tenants that run; equal rules stay the same list, so that no decision is forgotten without need. */
export function applyRules(current: Rules, tenants: readonly TenantConfig[]): Rules {
  const read = new Map(tenants.map(tenant => [tenant.name, tenant]));
  return new Map(
    [...current].map(([name, rules]) => {
      const tenant = read.get(name);
      return [name, tenant === undefined || isDeepStrictEqual(rules, tenant.access) ? rules : tenant.access];
    }),
  );
}

/** Without a list every local user is admitted. A file that was cut short must not do that. */
export function widenedTenants(current: Rules, tenants: readonly TenantConfig[]): readonly string[] {
  return tenants
    .filter(({ name, access }) => access === undefined && current.get(name) !== undefined)
    .map(
      ({ name }) =>
        `TENANTS_FILE: tenant "${name}": access was removed, which admits every local user. Restart the server if this is meant.`,
    );
}

/** The settings, other than access rules, in which two versions differ. Names only: values may be secrets. */
export function ignoredChanges(running: readonly TenantConfig[], tenants: readonly TenantConfig[]): readonly string[] {
  const read = new Map(tenants.map(tenant => [tenant.name, tenant]));
  const known = new Set(running.map(({ name }) => name));
  const changes = [
    ...running.flatMap(before => {
      const after = read.get(before.name);
      if (after === undefined) return [`tenant "${before.name}" was removed`];
      return changedSettings({ ...before, access: undefined }, { ...after, access: undefined }).map(
        setting => `tenant "${before.name}": ${setting}`,
      );
    }),
    ...tenants.filter(({ name }) => !known.has(name)).map(({ name }) => `tenant "${name}" was added`),
  ];
  return changes.length <= MAX_NAMED ? changes : [...changes.slice(0, MAX_NAMED), 'and more'];
}

function changedSettings(before: object, after: object, path: readonly string[] = []): readonly string[] {
  const [old, now] = [before, after] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => {
    const [a, b] = [old?.[key], now?.[key]];
    if (isDeepStrictEqual(a, b)) return [];
    return isObject(a) && isObject(b) ? changedSettings(a, b, [...path, key]) : [nameInFile([...path, key])];
  });
}
