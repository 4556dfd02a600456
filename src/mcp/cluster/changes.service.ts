import { Injectable } from '@nestjs/common';
import { ClusterBus } from './cluster-bus.js';

export type UpdateListener = (tenant: string, uri: string) => void;

/** News of changed resources, from any process to the streams of all. */
@Injectable()
export class ChangesService {
  private readonly listeners = new Set<UpdateListener>();

  constructor(private readonly bus: ClusterBus) {
    bus.on('updated', ({ tenant, uri }) => {
      for (const listener of this.listeners) listener(tenant, uri);
    });
  }

  /** Tells who watches the resource. Never rejects; costs little when nobody does. */
  resourceUpdated(tenant: string, uri: string): Promise<void> {
    return this.bus.tellAll('updated', { tenant, uri });
  }

  onUpdate(listener: UpdateListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
