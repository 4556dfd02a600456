import { Injectable } from '@nestjs/common';
import type { Tenant } from '../tenancy/tenant.js';
export interface QueryListener {
  connectionFailed(tenant: string): void;
  writableLogin(tenant: string, canWrite: boolean): void;
  /** The server did not end a cancelled statement in time, and its connection was closed. */
  cancelIgnored(tenant: string): void;
  /** Called when a statement of the tenant has changed data, or may have. The statement waits for the listener. */
  changed(tenant: Tenant): Promise<void>;
}

/**
 * Tells the metrics and the cache, which stand above the database layer, what happened in it. Listeners must not throw or
 * reject.
 */
@Injectable()
export class QueryEvents {
  private readonly listeners = new Set<Partial<QueryListener>>();

  listen(listener: Partial<QueryListener>): void {
    this.listeners.add(listener);
  }

  connectionFailed(tenant: string): void {
    for (const listener of this.listeners) listener.connectionFailed?.(tenant);
  }

  writableLogin(tenant: string, canWrite: boolean): void {
    for (const listener of this.listeners) listener.writableLogin?.(tenant, canWrite);
  }

  cancelIgnored(tenant: string): void {
    for (const listener of this.listeners) listener.cancelIgnored?.(tenant);
  }

  async changed(tenant: Tenant): Promise<void> {
    await Promise.all([...this.listeners].map(listener => listener.changed?.(tenant)));
  }
}
