import { Injectable } from '@nestjs/common';
import type { DataScope } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { accessOf } from './access-rules.js';
import type { Account } from './accounts.service.js';

/** An OAuth client that acts for itself (client_credentials): an administrator has listed it in CLIENTS_FILE. */
export interface MachineClient {
  readonly id: string;
  readonly name: string;
  /** The highest scope of its tokens; the tenant and its access rules may allow less. */
  readonly scope: DataScope;
}

/** The machine clients of each tenant. The authorization server, which reads CLIENTS_FILE, provides them. */
@Injectable()
export class MachineClients {
  private read: (tenant: Tenant) => readonly MachineClient[] = () => [];
  private readonly known = new WeakMap<Tenant, readonly MachineClient[]>();

  provide(read: (tenant: Tenant) => readonly MachineClient[]): void {
    this.read = read;
  }

  of(tenant: Tenant): readonly MachineClient[] {
    const known = this.known.get(tenant) ?? this.read(tenant);
    this.known.set(tenant, known);
    return known;
  }

  /** Undefined when there is no such machine client, or the access rules of the tenant do not name it. */
  account(tenant: Tenant, clientId: string): Account | undefined {
    const client = this.of(tenant).find(({ id }) => id === clientId);
    if (client === undefined) return undefined;
    const subject = machineSubject(clientId);
    const { readOnly, limits } = tenant.config;
    const access = accessOf(
      { readOnly, limits, access: tenant.access },
      { subject, groups: [], local: true, client: clientId },
    );
    if (access === undefined) return undefined;
    const highestScope = client.scope === 'sql:write' ? access.highestScope : 'sql:read';
    return { subject, displayName: client.name, access: { ...access, highestScope, mayExport: false }, validFrom: 0 };
  }
}

/** Neither a local name nor a subject of an identity provider has this form, so no person is taken for a client. */
export function machineSubject(clientId: string): string {
  return `client:${clientId}`;
}
