import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';

const PURPOSE = 'confirm token';
const TTL_SECONDS = 300;

/**
 * Issues tokens with which a client confirms the statement of a dry run: once, within five minutes, and only for the
 * same row counts. The state store keeps the counts, because those of many statements would make the token too long.
 */
@Injectable()
export class ConfirmTokens {
  constructor(
    private readonly tokens: SealedTokens,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {}

  async issue(counts: readonly number[], binding: readonly string[]): Promise<string> {
    const nonce = randomBytes(9).toString('base64url');
    await this.store.set(keyOf(nonce), JSON.stringify(counts), TTL_SECONDS);
    return this.tokens.issue(PURPOSE, nonce, binding, TTL_SECONDS);
  }

  /** Returns the row counts of the dry run. Throws AppError INVALID_ARGUMENT. */
  async redeem(token: string, binding: readonly string[]): Promise<readonly number[]> {
    const nonce = this.tokens.verify(PURPOSE, token, binding);
    if (nonce === undefined) throw refused();
    const counts = await this.store.get(keyOf(nonce));
    if (counts === undefined || !(await this.store.consume(keyOf(nonce)))) throw refused();
    return JSON.parse(counts) as readonly number[];
  }
}

const keyOf = (nonce: string): string => `confirm:${nonce}`;

function refused(): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    'The confirm_token is not for this statement, was used before, or is older than 5 minutes.',
    { hint: 'Call the tool again without it to get a new one.', details: { parameter: 'confirm_token' } },
  );
}
