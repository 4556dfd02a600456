import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { RequestContext } from '../protocol/request-context.js';
import { MultiRoundTrip } from './multi-round-trip.js';

/** Opens the multi-round-trip of a request if its revision has them (2026-07-28). */
@Injectable()
export class MultiRoundTripService {
  constructor(
    private readonly cipher: StateCipher,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {}

  /** Throws RpcError -32602 if `requestState` is not valid for this request. */
  open(context: RequestContext): MultiRoundTrip | undefined {
    return context.revision.serverRequests === 'result'
      ? MultiRoundTrip.open(context, this.cipher, this.store)
      : undefined;
  }
}
