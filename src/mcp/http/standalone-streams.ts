import { Injectable, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Drain } from '../../common/drain.js';
import { EventStream } from './event-stream.js';
import type { Caller } from '../protocol/request-context.js';
import { KeepAlive } from './keep-alive.js';
import { MAX_STREAM_MS } from '../protocol/limits.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import { StreamLimits } from '../client/stream-limits.js';

/** The GET streams that are open in this process. */
@Injectable()
export class StandaloneStreams {
  private readonly byId = new Map<string, EventStream>();

  constructor(
    private readonly limits: StreamLimits,
    private readonly keepAlive: KeepAlive,
    private readonly bus: ClusterBus,
    drain: Drain,
  ) {
    drain.signal.addEventListener('abort', () => {
      for (const stream of this.byId.values()) stream.endWhenIdle();
    });
  }

  /** `endpointOf` returns the URL that a 2024-11-05 client must POST to. Throws AppError TOO_MANY_REQUESTS. */
  open(caller: Caller, endpointOf?: (id: string) => string): Observable<MessageEvent> {
    const release = this.limits.claim(caller, () => stream.end());
    const id = this.bus.newId();
    const stream = new EventStream(id, caller, endpointOf?.(id), () => {
      release();
      stopBeat();
      this.byId.delete(id);
    });
    this.byId.set(id, stream);
    const stopBeat = this.keepAlive.add(() => {
      if (performance.now() - stream.opened > MAX_STREAM_MS) stream.end();
      else stream.keepAlive();
    });
    return stream.events();
  }

  find(id: string): EventStream | undefined {
    return this.byId.get(id);
  }

  /** The newest stream of each client of the tenant, by the client's key. */
  newestOf(tenant: string): ReadonlyMap<string, EventStream> {
    const newest = new Map<string, EventStream>();
    for (const stream of this.byId.values()) {
      if (stream.caller.tenant.name === tenant) newest.set(stream.caller.clientKey, stream);
    }
    return newest;
  }
}
