import { LimitsConfig, TenantConfig } from '../config/tenants/tenant.config.js';
import { Tenant } from '../tenancy/tenant.js';
import { ExportSlots } from './export-slots.js';

const tenantOf = (name: string, poolMax: number): Tenant => {
  const limits = Object.assign(new LimitsConfig(), { poolMax });
  return new Tenant(Object.assign(new TenantConfig(), { name, limits }), { publicUrl: 'http://127.0.0.1' });
};
const busy = expect.objectContaining({ code: 'TOO_MANY_REQUESTS' });

describe('the exports that run at once', () => {
  it('hold at most a quarter of the connections of a tenant', () => {
    const slots = new ExportSlots();
    const tenant = tenantOf('demo', 16);
    const giveBack = ['ann', 'bob', 'cy', 'dan'].map(subject => slots.take(tenant, subject));
    expect(() => slots.take(tenant, 'eve')).toThrow(busy);
    expect(() => slots.take(tenantOf('other', 16), 'eve')).not.toThrow();
    giveBack[1]?.();
    expect(() => slots.take(tenant, 'eve')).not.toThrow();
    expect(() => slots.take(tenant, 'fay')).toThrow(busy);
  });

  it('are at least one, and at most two of one person', () => {
    const slots = new ExportSlots();
    const small = tenantOf('small', 2);
    slots.take(small, 'ann');
    expect(() => slots.take(small, 'bob')).toThrow(busy);
    const large = tenantOf('large', 100);
    slots.take(large, 'ann');
    const second = slots.take(large, 'ann');
    expect(() => slots.take(large, 'ann')).toThrow(busy);
    second();
    second();
    slots.take(large, 'ann');
    expect(() => slots.take(large, 'ann')).toThrow(busy);
  });
});
