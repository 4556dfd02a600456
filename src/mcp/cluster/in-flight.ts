import { Inject, Injectable } from '@nestjs/common';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { Caller, RequestContext } from '../protocol/request-context.js';
import type { RequestId } from '../protocol/json-rpc.js';
import { ClusterBus } from './cluster-bus.js';

/** Requests that are being answered, for `notifications/cancelled`. */
@Injectable()
export class InFlight {
  private readonly byKey = new Map<string, Set<RequestContext>>();

  constructor(
    private readonly bus: ClusterBus,
    private readonly cipher: StateCipher,
    @Inject(STATE_STORE) private readonly store: StateStore,
  ) {
    bus.on('cancel', ({ token, id }) => this.cancelHere(hash => hash === token, id));
  }

  add(context: RequestContext): () => void {
    const key = keyOf(context.caller.tokenKey, context.id);
    const same = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, same.add(context));
    return () => {
      same.delete(context);
      if (same.size === 0) this.byKey.delete(key);
    };
  }

  /** Unknown and finished ids are ignored; so is an id that two programs with one token are using at the same time. */
  async cancel(caller: Caller, id: RequestId): Promise<void> {
    const same = this.byKey.get(keyOf(caller.tokenKey, id));
    if (same !== undefined) return cancelOnly(same);
    if (this.store.kind === 'sqlite') return;
    await this.bus.tellAll('cancel', { token: this.cipher.hash(caller.tokenKey), id });
  }

  private cancelHere(isToken: (hash: string) => boolean, id: RequestId): void {
    for (const same of this.byKey.values()) {
      const [first] = same;
      if (first?.id === id && isToken(this.cipher.hash(first.caller.tokenKey))) cancelOnly(same);
    }
  }
}

function cancelOnly(same: ReadonlySet<RequestContext>): void {
  if (same.size === 1) for (const context of same) context.cancel();
}

function keyOf(tokenKey: string, id: RequestId): string {
  return `${typeof id}:${id}\n${tokenKey}`;
}
