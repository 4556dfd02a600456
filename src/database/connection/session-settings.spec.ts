import { describe, expect, it } from '@jest/globals';
import { LimitsConfig, TenantConfig } from '../../config/tenants/tenant.config.js';
import { SETTINGS, settingsOf, SINGLE_SETTINGS } from './session-settings.js';

describe('the settings of a session', () => {
  const configOf = (settings: Partial<TenantConfig> = {}, limits: Partial<LimitsConfig> = {}) =>
    Object.assign(new TenantConfig(), settings, { limits: Object.assign(new LimitsConfig(), limits) });

  it('let reads lose a deadlock, and changes not', () => {
    const { read, write } = settingsOf(configOf(), SETTINGS);
    expect(read).toContain('SET DEADLOCK_PRIORITY LOW;');
    expect(write).toContain('SET DEADLOCK_PRIORITY NORMAL;');
  });

  it('give only reads the isolation level of the tenant', () => {
    const { read, write } = settingsOf(configOf({ readIsolation: 'repeatable_read' }), SETTINGS);
    expect(read).toContain('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;');
    expect(write).toContain('SET TRANSACTION ISOLATION LEVEL READ COMMITTED;');
  });

  it.each([
    [{}, 10_000],
    [{ lockTimeout: 3 }, 3_000],
    [{ queryTimeoutMs: 5_000 }, 4_000],
    [{ lockTimeout: 0 }, -1],
  ])('with the limits %j end a wait for a lock after %d ms', (limits, expected) => {
    const { read, write } = settingsOf(configOf({}, limits), SETTINGS);
    for (const text of [read, write]) expect(text).toContain(`SET LOCK_TIMEOUT ${expected};`);
  });

  it('have only those that the server knows', () => {
    const known = `${SINGLE_SETTINGS.filter(text => !/LOCK_TIMEOUT|DEADLOCK|ISOLATION/.test(text)).join('\n')}\n`;
    expect(settingsOf(configOf(), known)).toEqual({ read: known, write: known });
  });
});
