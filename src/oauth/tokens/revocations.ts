import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';

const CHANNEL = 'revocations';
const MARK = 'meta:last-revocation';
const MARK_TTL_S = 24 * 3600;

/**
 * Counts revocations: a cached decision is valid for one count only. Other processes are told through the store's
 * channel, within milliseconds. A mark in the store tells those that no message reaches: another process at the same
 * SQLite file, or one whose connection to Redis was interrupted.
 */
@Injectable()
export class Revocations implements OnModuleInit, OnModuleDestroy {
  private count = 0;
  private unsubscribe: (() => Promise<void>) | undefined;

  constructor(@Inject(STATE_STORE) private readonly store: StateStore) {}

  async onModuleInit(): Promise<void> {
    this.unsubscribe = await this.store.subscribe(CHANNEL, () => this.count++);
  }

  async onModuleDestroy(): Promise<void> {
    await this.unsubscribe?.();
  }

  get epoch(): number {
    return this.count;
  }

  /** A text that every revocation in every process changes. Throws UNAVAILABLE. */
  async mark(): Promise<string> {
    return (await this.store.get(MARK)) ?? '';
  }

  /** Never rejects: without the store the caches of the other processes still expire within a second. */
  async announce(): Promise<void> {
    this.count++;
    await Promise.allSettled([this.store.set(MARK, randomUUID(), MARK_TTL_S), this.store.publish(CHANNEL, '')]);
  }
}
