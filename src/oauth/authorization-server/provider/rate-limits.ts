import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
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
/** Registrations of a tenant per hour, from everywhere: with a day's life each, unused clients stay below 48,000 rows. */
const REGISTRATIONS_PER_HOUR = 2_000;
/** Of those, so that nobody uses up the hour of all from one address. */
const REGISTRATIONS_PER_HOUR_AND_ADDRESS = 500;

/** Limits on floods, per process: they protect the process and its store, not a secret. */
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
      // Before an address is remembered for an hour: once the tenant's hour is used up, none more are.
      const taken = await this.registrations.get(tenant.name);
      if (taken !== null && taken.remainingPoints <= 0) throw taken;
      await this.registrationsByAddress.consume(from);
      await this.registrations.consume(tenant.name);
    } catch (rejection) {
      throw tooManyRequests(Math.ceil(((rejection as RateLimiterRes).msBeforeNext ?? 60_000) / 1000));
    }
  }
}
