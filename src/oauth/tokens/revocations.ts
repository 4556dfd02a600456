import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';

const CHANNEL = 'revocations';

/**
 * Counts revocations: a cached decision is valid for one count only. Other processes are told through the store's
 * channel, within milliseconds.
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

  announce(): void {
    this.count++;
    // Without the message the other processes' caches expire within a second.
    this.store.publish(CHANNEL, '').catch(() => undefined);
  }
}
