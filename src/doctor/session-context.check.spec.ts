import { testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import type { TenantConfig } from '../config/tenants/tenant.config.js';
import { userContext } from './session-context.check.js';

describe('the doctor on the session context', () => {
  const access = [{ user: 'ann', scope: 'sql:read' as const, attributes: { region: 'north' } }];
  const find = (mode: Parameters<typeof userContext>[1], settings: Partial<TenantConfig> = {}) =>
    userContext(testTenant(new DatabaseConfig(), settings), mode);

  it('warns of a connection for each user, and names the setting that shares connections', () => {
    expect(find('connection_per_user')).toMatchObject({ level: 'warning', todo: expect.stringContaining('false') });
  });

  it.each(['off', 'unsupported'] as const)('finds a fault only when access rules have attributes (%s)', mode => {
    expect(find(mode)).toMatchObject({ level: 'ok' });
    expect(find(mode, { access })).toMatchObject({ level: 'fault', todo: expect.stringContaining('attributes') });
  });
});
