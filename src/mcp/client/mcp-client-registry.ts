import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import { type FoundEntry, readEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { LoggingLevel } from '../../tools/tool.js';
import { type ClientCapabilities, NO_CAPABILITIES } from './client-capabilities.js';
import { ClusterBus } from '../cluster/cluster-bus.js';

const log = logger('mcp');
const REMEMBER_SECONDS = 30 * 24 * 3600;
/** How long a cached copy is used. Other processes announce their changes; this covers a lost announcement. */
const FRESH_MS = 60_000;
const MAX_REMEMBERED = 5_000;
/** How often a change is made again. Each time at least one of the competing processes gets through. */
const MAX_ATTEMPTS = 50;

/** The facts that a client declares once and does not repeat, up to 2025-11-25. */
export interface ClientFacts {
  readonly capabilities: ClientCapabilities;
  /** The least severe level that the client wants (`logging/setLevel`). */
  readonly logLevel: LoggingLevel;
  /** The URIs of the resources that the client subscribed to. */
  readonly watched: readonly string[];
}

const UNKNOWN: ClientFacts = { capabilities: NO_CAPABILITIES, logLevel: 'info', watched: [] };

/**
 * Stores facts about clients, because there are no sessions. A client is identified by tenant, person, OAuth client and
 * user agent. The facts are in the state store, so every process knows them, also after a restart.
 */
@Injectable()
export class McpClientRegistry {
  private readonly known = new Map<string, { facts: ClientFacts; at: number }>();
  /** The last change of each client that is still being written. */
  private readonly changing = new Map<string, Promise<void>>();

  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
    private readonly bus: ClusterBus,
  ) {
    bus.on('client', ({ key }) => void this.known.delete(key));
  }

  /** Returns the facts at once if this process has cached them. */
  facts(key: string): ClientFacts | Promise<ClientFacts> {
    const known = this.known.get(key);
    const fresh = known !== undefined && (this.store.kind === 'sqlite' || Date.now() - known.at < FRESH_MS);
    return fresh ? known.facts : this.read(key);
  }

  /** Makes the changes to one client one after another, because clients subscribe to several resources at once. */
  remember(key: string, change: (facts: ClientFacts) => Partial<ClientFacts>): Promise<void> {
    const before = this.changing.get(key) ?? Promise.resolve();
    const made = before.catch(() => {}).then(() => this.change(key, change));
    this.changing.set(key, made);
    return made.finally(() => {
      if (this.changing.get(key) === made) this.changing.delete(key);
    });
  }

  /**
   * Another process may change the same client at the same time: the change is made to what is stored, and made again
   * when that was replaced meanwhile. Throws AppError UNAVAILABLE when the others never leave off.
   */
  private async change(key: string, change: (facts: ClientFacts) => Partial<ClientFacts>): Promise<void> {
    const names = this.namesOf(key);
    const [name = ''] = names;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const found = await readEntry(this.store, names);
      const stored = this.opened(found);
      const facts = { ...stored, ...change(stored) };
      const expected = found?.name === name ? found.text : undefined;
      if (!(await this.store.compareAndSet(name, expected, this.cipher.seal(name, facts), REMEMBER_SECONDS))) continue;
      // It stood under the name of the other key, while STATE_KEY is rotated.
      if (found !== undefined && found.name !== name) await this.store.delete(found.name);
      await this.bus.broadcast('client', { key });
      this.keep(key, facts);
      return;
    }
    throw new AppError('UNAVAILABLE', 'Too many processes change the facts about this client. Try again.');
  }

  private opened(found: FoundEntry | undefined): ClientFacts {
    const stored =
      found === undefined ? undefined : (this.cipher.open(found.name, found.text) as ClientFacts | undefined);
    return stored ?? UNKNOWN;
  }

  private async read(key: string): Promise<ClientFacts> {
    let facts: ClientFacts;
    try {
      facts = this.opened(await readEntry(this.store, this.namesOf(key)));
    } catch (error) {
      // Without the store the client can't be asked and has the default log level, but its call need not fail.
      log.warn({ err: error }, 'the stored facts about a client could not be read');
      return this.known.get(key)?.facts ?? UNKNOWN;
    }
    this.keep(key, facts);
    return facts;
  }

  private keep(key: string, facts: ClientFacts): void {
    this.known.delete(key);
    this.known.set(key, { facts, at: Date.now() });
    if (this.known.size > MAX_REMEMBERED) this.known.delete(this.known.keys().next().value as string);
  }

  private namesOf(key: string): readonly string[] {
    return this.cipher.hashes(key).map(hash => `mcp:client:${hash}`);
  }
}
