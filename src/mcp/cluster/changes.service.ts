import { Injectable } from '@nestjs/common';
import { ClusterBus } from './cluster-bus.js';

export type UpdateListener = (tenant: string, uri: string) => void;
export type ListListener = (tenant: string) => void;

/** Announces changed resources to the streams of all processes, and changed lists to those of this process. */
@Injectable()
export class ChangesService {
  private readonly listeners = new Set<UpdateListener>();
  private readonly listListeners = new Set<ListListener>();

  constructor(private readonly bus: ClusterBus) {
    bus.on('updated', ({ tenant, uri }) => {
      for (const listener of this.listeners) listener(tenant, uri);
    });
  }

  /** Notifies the clients that subscribed to the resource. Never rejects; costs little if there are none. */
  resourceUpdated(tenant: string, uri: string): Promise<void> {
    return this.bus.broadcast('updated', { tenant, uri });
  }

  /** Notifies the clients of this process that the tenant's tools and prompts have changed. Each process notices it itself. */
  listsChanged(tenant: string): void {
    for (const listener of this.listListeners) listener(tenant);
  }

  /** Calls the listener for every change of the lists until the returned function is called. */
  onLists(listener: ListListener): () => void {
    this.listListeners.add(listener);
    return () => void this.listListeners.delete(listener);
  }

  /** Calls the listener for every changed resource until the returned function is called. */
  onUpdate(listener: UpdateListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
