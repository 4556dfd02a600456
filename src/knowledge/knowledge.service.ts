import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { failStart } from '../common/discovered.js';
import { logger } from '../common/log.js';
import { whileWaiting } from '../common/while-waiting.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import type { Definitions } from './file/definitions.js';
import { type Knowledge, type KnowledgeCheck, LoadedKnowledge } from './loaded-knowledge.js';
import { KnowledgeProver } from './proof/knowledge-prover.js';
import { untilNextProof } from './proof/nightly.js';
import type { Proof } from './proof/proof.types.js';

/** A version of a tenant's file that was read: at start, or because it changed. */
export interface KnowledgeLoad {
  readonly tenant: Tenant;
  readonly sha256: string;
  /** None when the version holds now. */
  readonly faults: readonly string[];
  readonly reloaded: boolean;
}

export interface KnowledgeListener {
  loaded?(load: KnowledgeLoad): void;
  proved?(tenant: Tenant, proof: Proof): void;
}

const FIRST_RETRY_MS = 15_000;
const LAST_RETRY_MS = 10 * 60_000;
const MAX_LOGGED = 50;
/** A change is noticed after so long even if nobody calls. */
const LOOK_EVERY_MS = 60_000;
const log = logger('knowledge');

/**
 * The definitions of each tenant. A changed file is read at the next call or within a minute, and replaces the earlier
 * version when it has no fault. The definitions are compared with the database at start, after a change and every night.
 */
@Injectable()
export class KnowledgeService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loaded = new WeakMap<Tenant, LoadedKnowledge>();
  private readonly proofs = new WeakMap<LoadedKnowledge, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly checks: KnowledgeCheck[] = [];
  private readonly listeners: KnowledgeListener[] = [];
  private readonly stop = new AbortController();
  private look: NodeJS.Timeout | undefined;

  constructor(
    private readonly tenants: TenantsService,
    private readonly prover: KnowledgeProver,
  ) {}

  /** Throws StartupError with every fault of all files. */
  onModuleInit(): void {
    failStart(this.tenants.all().flatMap(tenant => this.loadedOf(tenant)?.faults ?? []));
  }

  onApplicationBootstrap(): void {
    for (const tenant of this.tenants.all()) this.begin(tenant);
    this.tenants.onPathAdopted(tenant => this.begin(tenant));
    this.look = setInterval(() => this.tenants.all().forEach(tenant => this.of(tenant)), LOOK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    this.stop.abort();
    clearInterval(this.look);
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** The definitions that hold now; undefined for a tenant without a knowledge file. */
  of(tenant: Tenant): Knowledge | undefined {
    const loaded = this.loadedOf(tenant);
    if (loaded?.hasChanged() === true) this.reload(tenant, loaded);
    return loaded?.current;
  }

  /** The faults of the file's last version; none when it holds. */
  faultsOf(tenant: Tenant): readonly string[] {
    this.of(tenant);
    return this.loadedOf(tenant)?.faults ?? [];
  }

  /** As `of`, once the definitions were compared with the database, or could not be. Rejects when the signal aborts. */
  async proved(tenant: Tenant, signal: AbortSignal): Promise<Knowledge | undefined> {
    for (let tried: Definitions | undefined; ;) {
      const now = this.of(tenant);
      const loaded = this.loadedOf(tenant);
      if (now === undefined || now.proof !== undefined || loaded === undefined || now.definitions === tried) return now;
      tried = now.definitions;
      await whileWaiting(this.prove(tenant, loaded), signal);
    }
  }

  /** Compares the definitions with the database again, because the database has changed. */
  proveAgain(tenant: Tenant): void {
    const loaded = this.loadedOf(tenant);
    if (loaded !== undefined) void this.prove(tenant, loaded);
  }

  /** Adds a check for each version that is read from now on. */
  addCheck(check: KnowledgeCheck): void {
    this.checks.push(check);
  }

  listen(listener: KnowledgeListener): void {
    this.listeners.push(listener);
  }

  private begin(tenant: Tenant): void {
    const loaded = this.loadedOf(tenant);
    if (loaded === undefined) return;
    this.notify(tenant, loaded, false);
    void this.prove(tenant, loaded);
  }

  private loadedOf(tenant: Tenant): LoadedKnowledge | undefined {
    const { knowledge: path } = tenant.config;
    if (path === undefined) return undefined;
    let loaded = this.loaded.get(tenant);
    if (loaded === undefined) {
      this.loaded.set(tenant, (loaded = new LoadedKnowledge(tenant, path)));
      loaded.read(this.checks);
    }
    return loaded;
  }

  private reload(tenant: Tenant, loaded: LoadedKnowledge): void {
    const taken = loaded.read(this.checks);
    if (taken)
      log.info(
        { tenant: tenant.name, sha256: loaded.lastHash },
        'the knowledge file has changed and holds from now on',
      );
    else
      log.error(
        { tenant: tenant.name, faults: loaded.faults.slice(0, MAX_LOGGED) },
        'the knowledge file has changed and has faults; the earlier version stays',
      );
    this.notify(tenant, loaded, true);
    if (taken) void this.prove(tenant, loaded);
  }

  private notify(tenant: Tenant, { lastHash: sha256, faults }: LoadedKnowledge, reloaded: boolean): void {
    for (const listener of this.listeners) listener.loaded?.({ tenant, sha256, faults, reloaded });
  }

  /** One proof of a tenant runs at a time; a change during a proof begins another one. Never rejects. */
  private prove(tenant: Tenant, loaded: LoadedKnowledge, retryMs = FIRST_RETRY_MS): Promise<void> {
    const running = this.proofs.get(loaded);
    if (running !== undefined) return running;
    const proof = this.attempt(tenant, loaded, retryMs).finally(() => this.proofs.delete(loaded));
    this.proofs.set(loaded, proof);
    return proof;
  }

  private async attempt(tenant: Tenant, loaded: LoadedKnowledge, retryMs: number): Promise<void> {
    for (;;) {
      const definitions = loaded.current?.definitions;
      if (definitions === undefined) return;
      try {
        const proof = await this.prover.prove(tenant, definitions, this.stop.signal);
        if (!loaded.prove(definitions, proof)) continue;
        logDrift(tenant, proof);
        for (const listener of this.listeners) listener.proved?.(tenant, proof);
        return this.later(tenant, loaded, untilNextProof(Date.now(), definitions.calendar.time_zone));
      } catch (error) {
        if (this.stop.signal.aborted) return;
        log.warn(
          { tenant: tenant.name, err: error, retry_ms: retryMs },
          'the definitions could not be compared with the database',
        );
        return this.later(tenant, loaded, retryMs, Math.min(retryMs * 2, LAST_RETRY_MS));
      }
    }
  }

  private later(tenant: Tenant, loaded: LoadedKnowledge, waitMs: number, retryMs?: number): void {
    clearTimeout(this.timers.get(tenant.name));
    if (this.stop.signal.aborted) return;
    this.timers.set(tenant.name, setTimeout(() => void this.prove(tenant, loaded, retryMs), waitMs).unref());
  }
}

function logDrift({ name: tenant }: Tenant, { items }: Proof): void {
  const broken = items.filter(({ state }) => state === 'broken');
  for (const { kind, name: definition, reason } of broken.slice(0, MAX_LOGGED))
    log.warn({ tenant, kind, definition, reason }, 'a definition does not fit the database and is not offered');
  const unverified = items.filter(({ state }) => state === 'unverified').length;
  log.info(
    { tenant, proved: items.length - broken.length - unverified, unverified, broken: broken.length },
    'the definitions were compared with the database',
  );
}
