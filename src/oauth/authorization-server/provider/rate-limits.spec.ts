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

  it('end after 2,000 registrations of a tenant within an hour, and remember nobody who comes later', async () => {
    for (let address = 0; address < 10; address++) expect(await through(`203.0.113.${address}`, 200)).toBe(200);
    const remembered = jest.getTimerCount();
    for (let address = 0; address < 100; address++) expect(await through(`198.51.100.${address}`, 1)).toBe(0);
    // One timer an address, for the limit of a minute.
    expect(jest.getTimerCount()).toBe(remembered + 100);
  });
});
