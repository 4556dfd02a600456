import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { BorrowedConnection } from '../driver/borrowed-connection.js';
import { ConnectionGate } from './connection-gate.js';
import type { Abilities } from './envelope.js';
import { LoginPermissions } from './login-permissions.js';
import { ServerAbilities } from './server-abilities.js';
import { TenantDataSources } from './tenant-data-sources.js';

export interface Loan {
  readonly connection: BorrowedConnection;
  /** Whether the login can write: then reads need a transaction that is rolled back. */
  readonly canWrite: boolean;
  readonly abilities: Abilities;
  /** Ends the loan once nothing runs on the connection any more. Not to be waited for. */
  giveBack(): void;
}

/** Lends connections: a fair turn, the pool, a reset, and what the login may and the server can do. */
@Injectable()
export class ConnectionLender {
  private readonly gates = new Map<string, ConnectionGate>();

  constructor(
    private readonly sources: TenantDataSources,
    private readonly permissions: LoginPermissions,
    private readonly abilities: ServerAbilities,
  ) {}

  /** Throws AppError DATABASE_UNAVAILABLE or CANCELLED, or a driver's error. */
  async lend(tenant: Tenant, borrower: string, signal: AbortSignal): Promise<Loan> {
    const leave = await this.gateOf(tenant).enter(borrower, signal);
    const connection = await this.acquire(tenant).catch((error: unknown) => {
      leave();
      throw error;
    });
    const giveBack = (): void => void connection.release().finally(leave);
    try {
      const abilities = await this.abilities.of(tenant, connection);
      const canWrite = await this.permissions.canWrite(tenant, connection, abilities.settings);
      if (canWrite && tenant.config.requireReadonlyLogin) throw writableLogin();
      return { connection, canWrite, abilities, giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  private async acquire(tenant: Tenant): Promise<BorrowedConnection> {
    return BorrowedConnection.acquire(await this.sources.pool(tenant));
  }

  usage(tenant: Tenant): { used: number; waiting: number } {
    const gate = this.gates.get(tenant.name);
    return { used: gate?.used ?? 0, waiting: gate?.queued ?? 0 };
  }

  private gateOf(tenant: Tenant): ConnectionGate {
    let gate = this.gates.get(tenant.name);
    if (gate === undefined) {
      gate = new ConnectionGate(tenant.config.limits.poolMax, tenant.config.limits.poolWaitMs);
      this.gates.set(tenant.name, gate);
    }
    return gate;
  }
}

function writableLogin(): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    "The tenant's database login can write, and this server requires one that can't.",
    {
      hint: 'An administrator has to configure a read-only login (scripts/sql/create-readonly-login.sql).',
    },
  );
}
