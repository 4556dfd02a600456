import { RateLimiterMemory } from 'rate-limiter-flexible';
import { customerNetworkOf } from '../../../http/client-address.js';

/** Fetches in a minute. No network can use up the fetches of all, and no host is burdened in our name. */
const PER_NETWORK = 20;
const PER_HOST = 60;
const IN_TOTAL = 240;
/** Fetches in a minute of a document that somebody consented to, or of its keys. They don't count above. */
const PER_REMEMBERED = 6;
const ALL = 'all';

/** Limits how often this process fetches client documents and key sets. */
export class FetchLimits {
  private readonly networks = new RateLimiterMemory({ points: PER_NETWORK, duration: 60 });
  private readonly hosts = new RateLimiterMemory({ points: PER_HOST, duration: 60 });
  private readonly total = new RateLimiterMemory({ points: IN_TOTAL, duration: 60 });
  private readonly remembered = new RateLimiterMemory({ points: PER_REMEMBERED, duration: 60 });

  /** Whether this address may cause one more fetch. */
  async takeNetwork(address: string): Promise<boolean> {
    return takes(this.networks, customerNetworkOf(address));
  }

  /** Whether one more fetch of this URL is allowed. */
  async take(url: string, isRemembered: boolean): Promise<boolean> {
    if (isRemembered) return takes(this.remembered, url);
    // An exhausted total stores no further hosts.
    const taken = await this.total.get(ALL);
    if (taken !== null && taken.remainingPoints <= 0) return false;
    return (await takes(this.hosts, new URL(url).hostname)) && takes(this.total, ALL);
  }
}

/** Whether the limit allowed one more; the limiter rejects when it did not. */
async function takes(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}
