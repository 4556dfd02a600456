import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { StateCipher } from './state-cipher.js';
import { STATE_STORE, type StateStore } from './state-store.js';

const NAME = 'meta:key-check';
const WORD = 'mssql-mcp-server';
const TEN_YEARS_S = 10 * 365 * 24 * 3600;
const RETRY_MS = 2_000;

const log = logger('state');

/** Refuses to start with a STATE_KEY that is not the one this state was written with. */
@Injectable()
export class StateKeyCheck implements OnModuleInit {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      await this.check();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
      // Redis may start after this server. Until then requests fail with 503, and the check is repeated.
      log.warn('the state store is unavailable at start; readiness answers 503 until it is available');
      this.checkLater();
    }
  }

  private async check(): Promise<void> {
    const stored = await this.store.get(NAME);
    if (stored === undefined) {
      await this.store.set(NAME, this.cipher.seal(NAME, WORD), TEN_YEARS_S);
      return;
    }
    if (this.cipher.open(NAME, stored) === WORD) return this.renew(stored);
    throw new AppError(
      'INTERNAL',
      'STATE_KEY is not the key this state was written with. Set the earlier key (to rotate it, see "Rotate the state key" in docs/operations.md), or point STATE_STORE at an empty store (everybody signs in again).',
      { expose: true },
    );
  }

  /** Seals the word with STATE_KEY if STATE_KEY_PREVIOUS opened it, which will not be there for ever. */
  private async renew(stored: string): Promise<void> {
    if (this.cipher.isCurrent(NAME, stored)) return;
    await this.store.set(NAME, this.cipher.seal(NAME, WORD), TEN_YEARS_S);
  }

  private checkLater(): void {
    setTimeout(() => {
      this.check().catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'UNAVAILABLE') return this.checkLater();
        log.fatal({ err: error }, 'the state store cannot be used');
        process.exitCode = 1;
        // Drains as the signal does, also on Windows, where a process can't send it.
        if (!process.emit('SIGTERM', 'SIGTERM')) process.exit();
      });
    }, RETRY_MS).unref();
  }
}
