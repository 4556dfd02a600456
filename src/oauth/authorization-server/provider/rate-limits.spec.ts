import { jest } from '@jest/globals';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { RateLimits } from './rate-limits.js';

const tenant = { name: 'demo' } as Tenant;

describe('limits on floods', () => {
  let limits: RateLimits;
  beforeEach(() => {
    jest.useFakeTimers();
    limits = new RateLimits();
  });
  afterEach(() => void jest.useRealTimers());

  /** How many of so many registrations get through. */
  async function through(clientAddress: string, times: number): Promise<number> {
    const request = { clientAddress } as unknown as TenantRequest;
    let count = 0;
    for (let turn = 0; turn < times; turn++) {
      await limits.take(tenant, '/register', request).then(
        () => count++,
        (error: { retryAfter?: number }) => expect(error.retryAfter).toBeGreaterThan(0),
      );
    }
    return count;
  }

  it('leave most of an hour’s registrations to others, whatever one address does', async () => {
    let taken = 0;
    for (let minute = 0; minute < 12; minute++) {
      taken += await through('203.0.113.9', 240);
      jest.advanceTimersByTime(60_000);
    }
    expect(taken).toBe(500);
    expect(await through('198.51.100.7', 240)).toBe(240);
  });

  it.each([
    ['IPv4 addresses', (n: number) => `203.0.113.${n}`],
    ['IPv6 networks', (n: number) => `2001:db8:${n.toString(16)}:${n}::1`],
  ])('let the next network register after twenty %s used up theirs', async (_what, address) => {
    let taken = 0;
    for (let n = 1; n <= 20; n++) taken += await through(address(n), 100);
    expect(taken).toBe(1_500 + 20 * 5);
    expect(await through(address(21), 10)).toBe(5);
    expect(await through(address(1), 1)).toBe(0);
  });

  it('count all of an IPv6 /48 as one network', async () => {
    let taken = 0;
    for (let n = 0; n < 10; n++) taken += await through(`2001:db8:1:${n}::1`, 100);
    expect(taken).toBe(500);
  });

  it('end after 2,000 registrations of a tenant within an hour, and remember nobody who comes later', async () => {
    let taken = 0;
    for (let n = 0; n < 10; n++) taken += await through(`203.0.113.${n}`, 200);
    for (let n = 0; n < 110; n++) taken += await through(`198.51.100.${n}`, 5);
    expect(taken).toBe(2_000);
    const remembered = jest.getTimerCount();
    for (let n = 0; n < 100; n++) expect(await through(`192.0.2.${n}`, 1)).toBe(0);
    // One timer an address, for the limit of a minute.
    expect(jest.getTimerCount()).toBe(remembered + 100);
  });

  it('pass on a failure that is no refusal of theirs', async () => {
    const broken = {
      get clientAddress(): string {
        throw new Error('broken');
      },
    } as unknown as TenantRequest;
    await expect(limits.take(tenant, '/token', broken)).rejects.toThrow('broken');
  });
});
