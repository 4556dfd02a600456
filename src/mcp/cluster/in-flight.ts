import { Inject, Injectable } from '@nestjs/common';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import { ClusterBus } from './cluster-bus.js';

type RequestId = string | number;

/** A request that can still be cancelled. Its id should be unique among the requests with the same token key. */
export interface CancellableRequest {
  readonly id: RequestId;
  readonly caller: { readonly tokenKey: string };
  cancel(): void;
}

/** The requests that are being handled, which `notifications/cancelled` can cancel. */
@Injectable()
export class InFlight {
  private readonly byKey = new Map<string, Set<CancellableRequest>>();

  constructor(
    private readonly bus: ClusterBus,
    private readonly cipher: StateCipher,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {
    bus.on('cancel', ({ token, id }) => this.cancelHere(hashes => hashes.includes(token), id));
  }

  /** Adds a request until the returned function is called. */
  add(request: CancellableRequest): () => void {
    const key = keyOf(request.caller.tokenKey, request.id);
    const same = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, same.add(request));
    return () => {
      same.delete(request);
      if (same.size === 0) this.byKey.delete(key);
    };
  }

  /** Ignores an id that is unknown or finished, and one that two requests with the same token key use at once. */
  async cancel(caller: { readonly tokenKey: string }, id: RequestId): Promise<void> {
    const same = this.byKey.get(keyOf(caller.tokenKey, id));
    if (same !== undefined) return cancelOnly(same);
    if (this.store.kind === 'sqlite') return;
    await this.bus.broadcast('cancel', { token: this.cipher.hash(caller.tokenKey), id });
  }

  private cancelHere(isToken: (hashes: readonly string[]) => boolean, id: RequestId): void {
    for (const same of this.byKey.values()) {
      const [first] = same;
      if (first?.id === id && isToken(this.cipher.hashes(first.caller.tokenKey))) cancelOnly(same);
    }
  }
}

function cancelOnly(same: ReadonlySet<CancellableRequest>): void {
  if (same.size === 1) for (const request of same) request.cancel();
}

function keyOf(tokenKey: string, id: RequestId): string {
  return `${typeof id}:${id}\n${tokenKey}`;
}
