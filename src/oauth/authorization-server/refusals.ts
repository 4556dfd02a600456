import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { OauthEvent } from '../../audit/audit-entry.js';
import { AuditService } from '../../audit/audit.service.js';
import { logger } from '../../common/log.js';
import { callerFacts } from '../../http/caller-facts.js';
import { customerNetworkOf } from '../../http/client-address.js';
import { requestIdOf } from '../../http/request-id.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import type { Tenant } from '../../tenancy/tenant.js';

const log = logger('oauth');

/** Recorded refusals of one network in an hour, and of a tenant: a stranger must not fill the trail and the log. */
const PER_NETWORK = 20;
const PER_TENANT = 1_000;
const HOUR_S = 3600;
const MAX_REASON_LENGTH = 400;

type RefusalEvent = Extract<OauthEvent['event'], 'client_registration_refused' | 'authorization_refused'>;

export interface Refusal {
  readonly event: RefusalEvent;
  /** The OAuth error code. */
  readonly error: string;
  readonly reason?: string | undefined;
  readonly client?: string | undefined;
  /** The host, or the scheme, that the answer was to go to. */
  readonly redirectHost?: string | undefined;
}

/**
 * Records refused registrations and authorizations: each in the metrics, and up to a limit for each network in the audit
 * trail and, at INFO, in the log.
 */
@Injectable()
export class Refusals {
  private readonly seen = new WeakSet<object>();
  private readonly networks = new RateLimiterMemory({ points: PER_NETWORK, duration: HOUR_S });
  private readonly tenants = new RateLimiterMemory({ points: PER_TENANT, duration: HOUR_S });

  constructor(
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  /** Never rejects. A request is recorded once: the provider may report it twice. */
  async record(tenant: Tenant, req: object, refusal: Refusal): Promise<void> {
    if (this.seen.has(req)) return;
    this.seen.add(req);
    const { event, error, client } = refusal;
    this.metrics.clientRefused(tenant.name, event, error);
    const from = callerFacts(req);
    const left = await this.take(tenant, from.remote_address);
    if (left === undefined) return;
    const last = left === 0 ? ' (further refusals of this network are only counted, for up to an hour)' : '';
    const reason = `${error}: ${refusal.reason ?? ''}`.slice(0, MAX_REASON_LENGTH) + last;
    const facts = {
      tenant: tenant.name,
      ...(client === undefined ? {} : { client }),
      ...(refusal.redirectHost === undefined ? {} : { redirect_host: refusal.redirectHost }),
      reason,
      ...from,
      request_id: requestIdOf(req),
    };
    log.info(facts, event === 'authorization_refused' ? 'an authorization was refused' : 'a registration was refused');
    await this.audit.oauthEvent({ event, ...facts });
  }

  /** How many more records are left; undefined when there was none left. */
  private async take(tenant: Tenant, address: string): Promise<number | undefined> {
    try {
      // An exhausted tenant stores no further networks.
      const taken = await this.tenants.get(tenant.name);
      if (taken !== null && taken.remainingPoints <= 0) return undefined;
      const { remainingPoints } = await this.networks.consume(`${tenant.name} ${customerNetworkOf(address)}`);
      await this.tenants.consume(tenant.name);
      return remainingPoints;
    } catch {
      return undefined;
    }
  }
}
