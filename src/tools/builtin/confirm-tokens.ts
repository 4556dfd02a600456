import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import { SignedTokens } from '../../state/signed-tokens.js';

const TTL_SECONDS = 300;

/** Tokens that run a dry run's statement for good: once, for five minutes, with the same counts. */
@Injectable()
export class ConfirmTokens {
  constructor(
    private readonly tokens: SignedTokens,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {}

  async issue(counts: readonly number[], binding: readonly string[]): Promise<string> {
    const nonce = randomBytes(9).toString('base64url');
    await this.store.set(keyOf(nonce), '1', TTL_SECONDS);
    return this.tokens.sign('confirm', `${nonce}~${counts.join('_')}`, binding, TTL_SECONDS);
  }

  /** The counts the person agreed to. Throws AppError INVALID_ARGUMENT. */
  async redeem(token: string, binding: readonly string[]): Promise<readonly number[]> {
    const payload = this.tokens.verify('confirm', token, binding);
    const [nonce = '', counts = ''] = payload?.split('~') ?? [];
    if (payload === undefined || !(await this.store.consume(keyOf(nonce)))) {
      throw new AppError(
        'INVALID_ARGUMENT',
        'The confirm_token is not for this statement, was used, or is older than 5 minutes.',
        {
          hint: 'Call again without it to get a new one.',
          details: { parameter: 'confirm_token' },
        },
      );
    }
    return counts === '' ? [] : counts.split('_').map(Number);
  }
}

const keyOf = (nonce: string): string => `confirm:${nonce}`;
