import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { logger } from '../../common/log.js';
import { whileWaiting } from '../../common/while-waiting.js';
import type { Requester } from '../../database/connection/catalog-runner.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { bytesOf, type SchemaIndex } from './schema-index.js';
import { SchemaIndexBuilder } from './schema-index.builder.js';

/** How long a stamp is believed: within this time a changed schema may not be noticed. */
const FRESH_MS = 15_000;
/** A schema that changes all the time is read again after this many times the duration of the last reading. */
const REST = 20;
/** Values and queries change without a change of the schema. */
const BACKGROUND_FRESH_MS = 3_600_000;
const IDLE_MS = 1_800_000;
/** All indexes of the process together. */
const MAX_BYTES = 256_000_000;

const log = logger('search');

/** The index of one database of one tenant. */
interface Entry {
  index: SchemaIndex;
  stamp: string;
  checkedAt: number;
  /** How long the building took. */
  durationMs: number;
  backgroundAt: number;
  background: Promise<void> | undefined;
  /** While the index is made anew with changed definitions. */
  renewal: Promise<void> | undefined;
  usedAt: number;
}

/** Keeps an index for each database that is searched: made at the first search, and again when the schema changes. */
@Injectable()
export class SchemaIndexes implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();
  private readonly building = new Map<string, Promise<Entry>>();
  private readonly stopping = new AbortController();

  constructor(private readonly builder: SchemaIndexBuilder) {}

  /**
   * The index, which the first caller waits for. Its building goes on when the caller leaves, because others may wait for
   * it. Throws the error of the catalogue.
   */
  async of(tenant: Tenant, requester: Requester): Promise<SchemaIndex> {
    const key = keyOf(tenant, requester);
    const known = this.entries.get(key);
    const entry =
      known === undefined
        ? await whileWaiting(this.build(key, tenant, requester), requester.signal)
        : await this.fresh(key, known, tenant, requester);
    entry.usedAt = Date.now();
    this.evict(key);
    return entry.index;
  }

  /** Resolves when everything is read that is read in the background now. */
  async settled(tenant: Tenant, requester: Requester = {}): Promise<void> {
    await this.entries.get(keyOf(tenant, requester))?.background;
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
    this.entries.clear();
  }

  private async fresh(key: string, entry: Entry, tenant: Tenant, requester: Requester): Promise<Entry> {
    if (this.builder.definitionsVersion(tenant, requester) !== entry.index.definitions.version) {
      entry.renewal ??= this.builder
        .withDefinitions(tenant, entry.index, requester)
        .then(index => void (entry.index = index))
        .finally(() => (entry.renewal = undefined));
      await whileWaiting(entry.renewal, requester.signal);
    }
    const now = Date.now();
    if (now - entry.checkedAt < Math.max(FRESH_MS, REST * entry.durationMs)) return entry;
    entry.checkedAt = now;
    const stamp = await this.builder.stamp(tenant, requester).catch((error: unknown) => {
      log.debug({ tenant: tenant.name, err: error }, 'the stamp of the schema could not be read');
      return entry.stamp;
    });
    if (stamp !== entry.stamp) return whileWaiting(this.build(key, tenant, requester), requester.signal);
    if (now - entry.backgroundAt > BACKGROUND_FRESH_MS) this.readBackground(entry, tenant, requester);
    return entry;
  }

  private build(key: string, tenant: Tenant, { database }: Requester): Promise<Entry> {
    const running = this.building.get(key);
    if (running !== undefined) return running;
    const requester = this.own(database);
    const started = Date.now();
    const building = (async () => {
      const { index, stamp } = await this.builder.build(tenant, requester);
      const now = Date.now();
      const entry: Entry = {
        index,
        stamp,
        checkedAt: now,
        durationMs: now - started,
        backgroundAt: 0,
        background: undefined,
        renewal: undefined,
        usedAt: now,
      };
      this.entries.set(key, entry);
      this.readBackground(entry, tenant, requester);
      return entry;
    })().finally(() => this.building.delete(key));
    // If every caller has left, nobody hears of the error.
    building.catch((error: unknown) =>
      log.debug({ tenant: tenant.name, err: error }, 'the schema index was not built'),
    );
    this.building.set(key, building);
    return building;
  }

  /** Reads values and used joins, one reading at a time for each database. */
  private readBackground(entry: Entry, tenant: Tenant, { database }: Requester): void {
    entry.backgroundAt = Date.now();
    entry.background ??= this.builder
      .withBackground(tenant, entry.index, this.own(database))
      .then(index => void (entry.index = index))
      .catch((error: unknown) => {
        if (!this.stopping.signal.aborted)
          log.warn({ tenant: tenant.name, err: error }, 'values and used joins could not be read for the search');
      })
      .finally(() => (entry.background = undefined));
  }

  private own(database: string | undefined): Requester & { readonly signal: AbortSignal } {
    return { subject: 'schema-index', signal: this.stopping.signal, ...(database === undefined ? {} : { database }) };
  }

  /** Forgets indexes that were not used for half an hour, and the least used ones beyond the limit of memory. */
  private evict(current: string): void {
    const now = Date.now();
    const others = [...this.entries].filter(([key]) => key !== current).sort(([, a], [, b]) => b.usedAt - a.usedAt);
    const own = this.entries.get(current);
    let bytes = own === undefined ? 0 : bytesOf(own.index);
    for (const [key, entry] of others) {
      bytes += bytesOf(entry.index);
      if (bytes > MAX_BYTES || now - entry.usedAt > IDLE_MS) this.entries.delete(key);
    }
  }
}

function keyOf({ name }: Tenant, { database = '' }: Requester): string {
  return `${name}\n${database}`;
}
