import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { TenantsService } from '../../tenancy/tenants.service.js';
import { KnowledgeService } from '../knowledge.service.js';
import type { ProvedProcedure } from '../proof/proof.types.js';
import { type Published, PublishedProver } from './published-prover.js';

const EVERY_MS = 5 * 60_000;
/** Much longer than it takes to read the texts of 20 procedures. */
const LIMIT_MS = 2 * 60_000;
const MAX_LOGGED = 20;
const NONE: readonly ProvedProcedure[] = [];
const log = logger('knowledge');

/**
 * The procedures that extended properties publish, in tenants with the setting `published_procedures`. The database is asked
 * at start, every five minutes, and when a call finds that a procedure has changed.
 */
@Injectable()
export class PublishedProcedures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly known = new WeakMap<Tenant, Published>();
  private readonly running = new WeakMap<Tenant, Promise<void>>();
  private readonly stop = new AbortController();
  private readonly listeners: ((tenant: Tenant, published: Published) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tenants: TenantsService,
    private readonly prover: PublishedProver,
    private readonly knowledge: KnowledgeService,
  ) {}

  onApplicationBootstrap(): void {
    const all = (): void => this.tenants.all().forEach(tenant => void this.refresh(tenant));
    all();
    this.tenants.onPathAdopted(tenant => void this.refresh(tenant));
    this.timer = setInterval(all, EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    this.stop.abort();
    clearInterval(this.timer);
  }

  /** Returns the same list as long as nothing changed. */
  of(tenant: Tenant): readonly ProvedProcedure[] {
    return this.known.get(tenant)?.procedures ?? NONE;
  }

  /** The listener is told of each change. */
  listen(listener: (tenant: Tenant, published: Published) => void): void {
    this.listeners.push(listener);
  }

  /** Asks the database of a tenant; one question at a time. Never rejects. */
  refresh(tenant: Tenant): Promise<void> {
    if (!tenant.config.publishedProcedures || this.stop.signal.aborted) return Promise.resolve();
    let running = this.running.get(tenant);
    if (running === undefined) {
      running = this.ask(tenant).finally(() => this.running.delete(tenant));
      this.running.set(tenant, running);
    }
    return running;
  }

  private async ask(tenant: Tenant): Promise<void> {
    const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(LIMIT_MS)]);
    try {
      const found = await this.prover.prove(tenant, this.knowledge.of(tenant)?.definitions, signal);
      const known = this.known.get(tenant);
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(found)) return;
      this.known.set(tenant, found);
      this.report(tenant, found);
      for (const listener of this.listeners) listener(tenant, found);
    } catch (error) {
      if (!this.stop.signal.aborted)
        log.warn({ tenant: tenant.name, err: error }, 'the published procedures could not be read from the database');
    }
  }

  private report({ name: tenant }: Tenant, { procedures, refused }: Published): void {
    for (const { name: definition, reason } of refused.slice(0, MAX_LOGGED))
      log.warn({ tenant, definition, reason }, 'a published procedure is not offered');
    log.info({ tenant, offered: procedures.length, refused: refused.length }, 'the published procedures were read');
  }
}
