import { Inject, Injectable } from '@nestjs/common';
import { logger } from '../../common/log.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { LoggingLevel } from '../../tools/tool.js';
import { type ClientCapabilities, NO_CAPABILITIES } from './client-capabilities.js';
import { ClusterBus } from '../cluster/cluster-bus.js';

const log = logger('mcp');
const REMEMBER_SECONDS = 30 * 24 * 3600;
/** How long a process trusts its own copy; changes made elsewhere are announced, this only covers a lost announcement. */
const FRESH_MS = 60_000;
const MAX_REMEMBERED = 5_000;

/** What a client once told us and never repeats, up to 2025-11-25. */
export interface ClientFacts {
  readonly capabilities: ClientCapabilities;
  /** The least severe level it wants, of `logging/setLevel`. */
  readonly logLevel: LoggingLevel;
  /** Resources it subscribed to. */
  readonly watched: readonly string[];
}

const UNKNOWN: ClientFacts = { capabilities: NO_CAPABILITIES, logLevel: 'info', watched: [] };

/**
 * Remembers clients instead of sessions: by person, tenant, OAuth client and user agent, in the state store, so that any
 * process and any restart knows what `initialize` said.
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

  /** Synchronous when this process knows the client already. */
  facts(key: string): ClientFacts | Promise<ClientFacts> {
    const known = this.known.get(key);
    const fresh = known !== undefined && (this.store.kind === 'sqlite' || Date.now() - known.at < FRESH_MS);
    return fresh ? known.facts : this.read(key);
  }

  /** Changes of one client are made one after the other: clients subscribe to several resources at once. */
  remember(key: string, change: (facts: ClientFacts) => Partial<ClientFacts>): Promise<void> {
    const before = this.changing.get(key) ?? Promise.resolve();
    const made = before.catch(() => {}).then(() => this.change(key, change));
    this.changing.set(key, made);
    return made.finally(() => {
      if (this.changing.get(key) === made) this.changing.delete(key);
    });
  }

  private async change(key: string, change: (facts: ClientFacts) => Partial<ClientFacts>): Promise<void> {
    const known = await this.facts(key);
    const facts = { ...known, ...change(known) };
    const name = this.nameOf(key);
    await this.store.set(name, this.cipher.seal(name, facts), REMEMBER_SECONDS);
    await this.bus.tellAll('client', { key });
    this.keep(key, facts);
  }

  private async read(key: string): Promise<ClientFacts> {
    const name = this.nameOf(key);
    let facts = UNKNOWN;
    try {
      const text = await this.store.get(name);
      const stored = text === undefined ? undefined : (this.cipher.open(name, text) as ClientFacts | undefined);
      if (stored !== undefined) facts = stored;
    } catch (error) {
      // Without the store a client can't be asked and logs at the usual level; its call need not fail.
      log.warn({ err: error }, 'what a client declared could not be read');
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

  private nameOf(key: string): string {
    return `mcp:client:${this.cipher.hash(key)}`;
  }
}
