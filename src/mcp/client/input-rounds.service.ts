import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Exchange } from '../protocol/exchange.js';
import { InputRounds } from './input-rounds.js';

/** Opens the rounds of a request, where its revision has them. */
@Injectable()
export class InputRoundsService {
  constructor(
    private readonly cipher: StateCipher,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {}

  /** Throws RpcError -32602 for a state that is not good for this request. */
  open(exchange: Exchange): InputRounds | undefined {
    return exchange.revision.questions === 'result' ? InputRounds.open(exchange, this.cipher, this.store) : undefined;
  }
}
