import { Injectable } from '@nestjs/common';
export interface QueryListener {
  connectionFailed(tenant: string): void;
  writableLogin(tenant: string, canWrite: boolean): void;
  /** The server did not end a cancelled statement in time, and its connection was closed. */
  cancelIgnored(tenant: string): void;
}

/** Tells the metrics, which stand above the database layer, what happened to its connections. Listeners must not throw. */
@Injectable()
export class QueryEvents {
  private readonly listeners = new Set<QueryListener>();

  listen(listener: QueryListener): void {
    this.listeners.add(listener);
  }

  connectionFailed(tenant: string): void {
    for (const listener of this.listeners) listener.connectionFailed(tenant);
  }

  writableLogin(tenant: string, canWrite: boolean): void {
    for (const listener of this.listeners) listener.writableLogin(tenant, canWrite);
  }

  cancelIgnored(tenant: string): void {
    for (const listener of this.listeners) listener.cancelIgnored(tenant);
  }
}
