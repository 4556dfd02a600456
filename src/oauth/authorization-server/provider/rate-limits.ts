import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { tooManyRequests } from '../bridge/provider-errors.js';
import { addressOf, networkOf } from '../../../http/client-address.js';

/** One limit for all forms and links of our pages. */
export const PAGES_LIMIT = 'pages';

/** Calls per minute and address. Hosted clients (Claude, ChatGPT) share few addresses among many people. */
const PER_ADDRESS: Readonly<Record<string, number>> = {
  '/register': 240,
  '/authorize': 600,
  '/token': 1_200,
  '/revoke': 600,
  '/introspect': 1_200,
  [PAGES_LIMIT]: 600,
};
/** Registrations per tenant and hour. Unused clients are deleted after a day, so there are at most 48,000 of them. */
const REGISTRATIONS_PER_HOUR = 2_000;
/** Registrations per tenant, hour and address, so that one address can't use up the quota of the tenant. */
const REGISTRATIONS_PER_HOUR_AND_ADDRESS = 500;

/** Limits requests per process: this protects the process and its store, not a secret. */
@Injectable()
export class RateLimits {
  private readonly byPath = new Map(
    Object.entries(PER_ADDRESS).map(([path, points]) => [
      path,
      new RateLimiterMemory({ keyPrefix: path, points, duration: 60 }),
    ]),
  );
  private readonly registrationsByAddress = new RateLimiterMemory({
    keyPrefix: 'registrations by address',
    points: REGISTRATIONS_PER_HOUR_AND_ADDRESS,
    duration: 3600,
  });
  private readonly registrations = new RateLimiterMemory({
    keyPrefix: 'registrations',
    points: REGISTRATIONS_PER_HOUR,
    duration: 3600,
  });

  /** Throws an OAuth error with status 429 and `retryAfter` seconds. */
  async take(tenant: Tenant, path: string, req: TenantRequest): Promise<void> {
    try {
      const from = `${tenant.name} ${networkOf(addressOf(req))}`;
      await this.byPath.get(path)?.consume(from);
      if (path !== '/register') return;
      // Check the tenant's hourly quota first, so that an exhausted quota stores no further addresses.
      const taken = await this.registrations.get(tenant.name);
      if (taken !== null && taken.remainingPoints <= 0) throw taken;
      await this.registrationsByAddress.consume(from);
      await this.registrations.consume(tenant.name);
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      throw tooManyRequests(Math.ceil(rejection.msBeforeNext / 1000));
    }
  }
}
