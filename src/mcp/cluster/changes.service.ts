import { Injectable } from '@nestjs/common';
import { ClusterBus } from './cluster-bus.js';

export type UpdateListener = (tenant: string, uri: string) => void;

/** Announces a changed resource to the streams of all processes. */
@Injectable()
export class ChangesService {
  private readonly listeners = new Set<UpdateListener>();

  constructor(private readonly bus: ClusterBus) {
    bus.on('updated', ({ tenant, uri }) => {
      for (const listener of this.listeners) listener(tenant, uri);
    });
  }

  /** Notifies the clients that subscribed to the resource. Never rejects; costs little if there are none. */
  resourceUpdated(tenant: string, uri: string): Promise<void> {
    return this.bus.broadcast('updated', { tenant, uri });
  }

  /** Calls the listener for every changed resource until the returned function is called. */
  onUpdate(listener: UpdateListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
