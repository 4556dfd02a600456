import { testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { hasAttributes } from '../tenancy/access-attributes.js';
import { parallelPlans } from './parallelism.check.js';

describe('the doctor on parallel plans', () => {
  const access = [{ user: 'ann', scope: 'sql:read' as const, attributes: { region: 'north' } }];
  const tenant = testTenant(new DatabaseConfig(), { access });

  it('concerns tenants whose access rules have attributes', () => {
    expect(hasAttributes(tenant)).toBe(true);
    expect(hasAttributes(testTenant(new DatabaseConfig()))).toBe(false);
    expect(hasAttributes(testTenant(new DatabaseConfig(), { access: [{ user: 'ann', scope: 'sql:read' }] }))).toBe(
      false,
    );
  });

  it.each([
    [1, 'ok', /MAX_DOP 1/],
    [0, 'warning', /allows parallel plans/],
    [8, 'warning', /allows parallel plans/],
    [undefined, 'warning', /could not be read/],
  ])('with the limit %s of the workload group: %s', (limit, level, text) => {
    const finding = parallelPlans(tenant, limit);
    expect(finding).toMatchObject({ level, text: expect.stringMatching(text) });
    expect(finding.todo?.includes('serial-plans.sql') ?? true).toBe(true);
  });
});
