import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { tooManyRequests } from '../bridge/provider-errors.js';
import { addressOf, customerNetworkOf, networkOf } from '../../../http/client-address.js';

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
/** Registrations per hour and tenant. Unused clients are deleted after a day: at most 48,000 with those of the reserve. */
const REGISTRATIONS = 1_500;
/** Registrations per hour, tenant and network, so that one network can't use up the quota of the tenant. */
const REGISTRATIONS_OF_NETWORK = 500;
/**
 * Registrations per hour and tenant that are kept for the first few of each network: though some networks used up the
 * rest, the next one still registers, until a hundred took all of theirs.
 */
const RESERVED_REGISTRATIONS = 500;
const RESERVED_FOR_NETWORK = 5;
const HOUR_S = 3600;

/** Limits requests per process: this protects the process and its store, not a secret. */
@Injectable()
export class RateLimits {
  private readonly byPath = new Map(
    Object.entries(PER_ADDRESS).map(([path, points]) => [
      path,
      new RateLimiterMemory({ keyPrefix: path, points, duration: 60 }),
    ]),
  );
  private readonly ofNetwork = new RateLimiterMemory({ points: REGISTRATIONS_OF_NETWORK, duration: HOUR_S });
  private readonly shared = new RateLimiterMemory({ points: REGISTRATIONS, duration: HOUR_S });
  private readonly reserve = new RateLimiterMemory({ points: RESERVED_REGISTRATIONS, duration: HOUR_S });

  /** Throws an OAuth error with status 429 and `retryAfter` seconds. */
  async take(tenant: Tenant, path: string, req: TenantRequest): Promise<void> {
    try {
      const address = addressOf(req);
      await this.byPath.get(path)?.consume(`${tenant.name} ${networkOf(address)}`);
      if (path === '/register') await this.takeRegistration(tenant.name, customerNetworkOf(address));
    } catch (rejection) {
      // Only a limiter's refusal is 429: after another failure a client has no reason to slow down.
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      throw tooManyRequests(Math.ceil(rejection.msBeforeNext / 1000));
    }
  }

  private async takeRegistration(tenant: string, network: string): Promise<void> {
    const own = `${tenant} ${network}`;
    const [taken, reserved] = [await this.ofNetwork.get(own), await this.reserve.get(tenant)];
    const isEarly = (taken?.consumedPoints ?? 0) < RESERVED_FOR_NETWORK && !isExhausted(reserved);
    // An exhausted quota stores no further networks.
    const shared = isEarly ? null : await this.shared.get(tenant);
    if (isExhausted(shared)) throw shared;
    await this.ofNetwork.consume(own);
    await (isEarly ? this.reserve : this.shared).consume(tenant);
  }
}

function isExhausted(quota: RateLimiterRes | null): quota is RateLimiterRes {
  return quota !== null && quota.remainingPoints <= 0;
}
