import type { AccessRuleConfig } from '../../config/tenants/tenant.config.js';
import { LimitsConfig, TenantConfig } from '../../config/tenants/tenant.config.js';
import { accessOf } from './access-rules.js';

const tenant = (access: Partial<AccessRuleConfig>[] | undefined, readOnly = false): TenantConfig =>
  Object.assign(new TenantConfig(), {
    readOnly,
    access: access?.map(rule => ({ scope: 'sql:read', ...rule })),
  });
const ana = { subject: 'ana', groups: ['sales', 'hr'], local: true };

describe('access rules', () => {
  it('give every local user the tenant’s highest scope and people of a provider nothing when there are none', () => {
    expect(accessOf(tenant(undefined), ana)).toMatchObject({ highestScope: 'sql:write', limits: {} });
    expect(accessOf(tenant(undefined, true), ana)).toMatchObject({ highestScope: 'sql:read' });
    expect(accessOf(tenant(undefined), { ...ana, local: false })).toBeUndefined();
  });

  it('allow only the users and groups that they name', () => {
    expect(accessOf(tenant([{ user: 'bob' }, { group: 'it' }]), ana)).toBeUndefined();
    expect(accessOf(tenant([]), ana)).toBeUndefined();
    expect(accessOf(tenant([{ user: 'ANA' }]), ana)).toBeUndefined();
  });

  it('that name the user apply alone', () => {
    const rules = [
      { group: 'sales', scope: 'sql:write' as const },
      { user: 'ana', tools: ['list_tables'] },
    ];
    expect(accessOf(tenant(rules), ana)).toEqual({
      highestScope: 'sql:read',
      mayExport: false,
      limits: { tools: ['list_tables'] },
      attributes: {},
    });
  });

  it('let a person suggest definitions when one of their rules says so', () => {
    expect(accessOf(tenant([{ group: 'sales' }, { group: 'hr', maySuggest: true }]), ana)?.limits).toEqual({
      maySuggest: true,
    });
    expect(accessOf(tenant([{ user: 'ana', maySuggest: false }]), ana)?.limits).toEqual({});
    expect(accessOf(tenant([{ group: 'sales' }, { group: 'hr', subjectAccess: true }]), ana)?.limits).toEqual({
      subjectAccess: true,
    });
    expect(accessOf(tenant([{ user: 'ana' }, { group: 'hr', subjectAccess: true }]), ana)?.limits).toEqual({});
    expect(accessOf(tenant(undefined), ana)?.limits).toEqual({});
    expect(accessOf(tenant(undefined), ana)?.limits).toEqual({});
  });

  it('make a person an operator when one of their rules says so', () => {
    expect(accessOf(tenant([{ group: 'sales' }, { group: 'hr', operator: true }]), ana)?.limits).toEqual({
      operator: true,
    });
    expect(accessOf(tenant([{ user: 'ana', operator: false }]), ana)?.limits).toEqual({});
    expect(accessOf(tenant(undefined), ana)?.limits).toEqual({});
  });

  it('of several groups are combined', () => {
    const rules: Partial<AccessRuleConfig>[] = [
      { group: 'sales', schemas: ['sales'], tools: ['list_tables'], attributes: { region: 'EMEA' } },
      {
        group: 'hr',
        scope: 'sql:write',
        tables: ['hr.people'],
        tools: ['execute_sql'],
        attributes: { region: 'US', unit: '7' },
      },
      { group: 'others', schemas: ['secret'] },
    ];
    expect(accessOf(tenant(rules), ana)).toEqual({
      highestScope: 'sql:write',
      mayExport: false,
      limits: { tools: ['list_tables', 'execute_sql'], schemas: ['sales'], tables: ['hr.people'] },
      attributes: { region: 'EMEA', unit: '7' },
    });
  });

  it('limit costs and budgets as the most generous of a person’s rules does', () => {
    const limits = Object.assign(new LimitsConfig(), { maxQueryCost: 100 });
    const of = (access: Partial<AccessRuleConfig>[]) => accessOf({ ...tenant(access), limits }, ana)?.limits;
    expect(of([{ group: 'sales' }])).toEqual({});
    expect(of([{ group: 'sales', maxQueryCost: 50, costOverride: 500 }])).toEqual({
      maxQueryCost: 50,
      costOverride: 500,
    });
    // A rule without a limit of its own has the tenant's; 0 is no limit.
    expect(of([{ group: 'sales', maxQueryCost: 50 }, { group: 'hr' }])).toEqual({ maxQueryCost: 100 });
    expect(
      of([
        { group: 'sales', maxQueryCost: 0 },
        { group: 'hr', maxQueryCost: 900 },
      ]),
    ).toEqual({ maxQueryCost: 0 });
    expect(
      of([
        {
          group: 'sales',
          budget: { calls: { amount: 100, per: 'hour' }, rows: { amount: 9, per: 'day' } },
        },
        { group: 'hr', budget: { calls: { amount: 2_000, per: 'day' } } },
      ]),
    ).toEqual({ budget: { calls: { amount: 100, per: 'hour' } } });
    expect(of([{ user: 'ana', budget: { rows: { amount: 9, per: 'day' } } }, { group: 'hr' }])).toEqual({
      budget: { rows: { amount: 9, per: 'day' } },
    });
  });

  it('let only those export whom a rule allows it, where the tenant has exports', () => {
    const exporting = (access: Partial<AccessRuleConfig>[] | undefined) => ({ ...tenant(access), exports: true });
    expect(accessOf(exporting(undefined), ana)?.mayExport).toBe(true);
    expect(accessOf(exporting([{ user: 'ana' }]), ana)?.mayExport).toBe(false);
    expect(accessOf(exporting([{ user: 'ana', exports: true }]), ana)?.mayExport).toBe(true);
    expect(accessOf(exporting([{ group: 'sales' }, { group: 'hr', exports: true }]), ana)?.mayExport).toBe(true);
    expect(accessOf(tenant([{ user: 'ana', exports: true }]), ana)?.mayExport).toBe(false);
    expect(accessOf(tenant(undefined), ana)?.mayExport).toBe(false);
  });

  it('without limits allow everything to their group', () => {
    const rules = [{ group: 'sales', schemas: ['sales'], tools: ['list_tables'] }, { group: 'hr' }];
    expect(accessOf(tenant(rules), ana)?.limits).toEqual({});
  });

  it('with empty lists allow nothing', () => {
    for (const lists of [{ schemas: [] }, { tables: [] }, { schemas: [], tables: [] }]) {
      expect(accessOf(tenant([{ user: 'ana', ...lists }]), ana)?.limits).toEqual({ schemas: [], tables: [] });
    }
  });

  it('never give write in a tenant that only reads', () => {
    expect(accessOf(tenant([{ user: 'ana', scope: 'sql:write' }], true), ana)?.highestScope).toBe('sql:read');
  });
});
