import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { RequestContext } from '../protocol/request-context.js';
import { MultiRoundTrip } from './multi-round-trip.js';

/** Opens the rounds of a request, where its revision has them. */
@Injectable()
export class MultiRoundTripService {
  constructor(
    private readonly cipher: StateCipher,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {}

  /** Throws RpcError -32602 for a state that is not good for this request. */
  open(context: RequestContext): MultiRoundTrip | undefined {
    return context.revision.serverRequests === 'result'
      ? MultiRoundTrip.open(context, this.cipher, this.store)
      : undefined;
  }
}
