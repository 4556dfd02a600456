import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../common/log.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';

const log = logger('mcp');

/** The messages between the processes behind one address, by kind. */
export interface BusMessages {
  /** A client's answer to a question that another process asked. */
  answer: { id: string; tenant: string; subject: string; result?: unknown; error?: string };
  /** A message POSTed for a 2024-11-05 stream that another process holds. */
  message: {
    stream: string;
    tenant: string;
    subject: string;
    client: string;
    body: unknown;
    version?: string | undefined;
  };
  /** A client cancelled a request that another process may be handling. */
  cancel: { token: string; id: string | number };
  /** The stored facts about a client have changed. */
  client: { key: string };
  /** A client waits for a call with a handle, for this many milliseconds. */
  handle_asked: { id: string; forMs: number };
  /** A call with a handle is to be cancelled. */
  handle_cancel: { id: string };
  /** A call with a handle has ended, and its result is stored. */
  handle_ended: { id: string };
  /** A resource has changed. */
  updated: { tenant: string; uri: string };
}

type Kind = keyof BusMessages;
const ALL_PROCESSES = 'all';

/**
 * Sends messages between the processes that share a state store. The ids of streams and of server requests begin with
 * the id of the process that holds them, so that any process can forward a POST. The store can't read the messages,
 * which are sealed.
 */
@Injectable()
export class ClusterBus implements OnModuleInit, OnApplicationShutdown {
  private readonly processId = randomBytes(9).toString('base64url');
  private readonly listeners = new Map<Kind, (message: never) => void>();
  private unsubscribe: (() => Promise<void>)[] = [];

  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  async onModuleInit(): Promise<void> {
    // A SQLite store serves only one process.
    if (this.store.kind === 'sqlite') return;
    for (const target of [this.processId, ALL_PROCESSES]) {
      this.unsubscribe.push(await this.store.subscribe(channelOf(target), text => this.receive(target, text)));
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.unsubscribe.map(stop => stop()));
  }

  /** Makes an unguessable id from which every process knows that this process holds it. */
  newId(): string {
    return `${this.processId}.${randomBytes(18).toString('base64url')}`;
  }

  /** Whether this process holds the id; undefined if no process can hold it. */
  holds(id: string): boolean | undefined {
    const [owner, secret, ...rest] = id.split('.');
    if (owner?.length !== 12 || secret?.length !== 24 || rest.length > 0) return undefined;
    // With SQLite there is no other process: the id is from before a restart.
    if (owner !== this.processId && this.store.kind === 'sqlite') return undefined;
    return owner === this.processId;
  }

  on<K extends Kind>(kind: K, listener: (message: BusMessages[K]) => void): void {
    this.listeners.set(kind, listener as (message: never) => void);
  }

  /** Sends a message to the process that holds an id. Rejects if the store does not answer. */
  async send<K extends Kind>(id: string, kind: K, message: BusMessages[K]): Promise<void> {
    await this.publish(id.split('.', 1)[0] ?? '', kind, message);
  }

  /** Sends a message to every process, also to this one. Never rejects: this process gets it even without the store. */
  async broadcast<K extends Kind>(kind: K, message: BusMessages[K]): Promise<void> {
    if (this.store.kind === 'sqlite') return this.deliver(kind, message);
    await this.publish(ALL_PROCESSES, kind, message).catch((error: unknown) => {
      log.warn({ err: error, kind }, 'a message could not be sent to the other processes');
      this.deliver(kind, message);
    });
  }

  private async publish<K extends Kind>(target: string, kind: K, message: BusMessages[K]): Promise<void> {
    const channel = channelOf(target);
    await this.store.publish(channel, this.cipher.seal(channel, { kind, message }));
  }

  private receive(target: string, text: string): void {
    const opened = this.cipher.open(channelOf(target), text) as { kind: Kind; message: never } | undefined;
    if (opened === undefined) log.warn('a message from another process could not be opened');
    else this.deliver(opened.kind, opened.message);
  }

  private deliver<K extends Kind>(kind: K, message: BusMessages[K]): void {
    try {
      (this.listeners.get(kind) as ((message: BusMessages[K]) => void) | undefined)?.(message);
    } catch (error) {
      log.error({ err: error, kind }, 'a message from another process could not be handled');
    }
  }
}

function channelOf(target: string): string {
  return `mcp:${target}`;
}
