import { Injectable } from '@nestjs/common';
import type { StatementReport } from './statement-report.js';

export interface QueryListener {
  statement(tenant: string, report: StatementReport): void;
  connectionFailed(tenant: string): void;
  writableLogin(tenant: string, canWrite: boolean): void;
}

/** Tells those above the database layer (metrics) what happened in it. Listeners must not throw. */
@Injectable()
export class QueryEvents {
  private readonly listeners = new Set<QueryListener>();

  listen(listener: QueryListener): void {
    this.listeners.add(listener);
  }

  statement(tenant: string, report: StatementReport): void {
    for (const listener of this.listeners) listener.statement(tenant, report);
  }

  connectionFailed(tenant: string): void {
    for (const listener of this.listeners) listener.connectionFailed(tenant);
  }

  writableLogin(tenant: string, canWrite: boolean): void {
    for (const listener of this.listeners) listener.writableLogin(tenant, canWrite);
  }
}
