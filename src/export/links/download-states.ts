import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { readEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { DownloadStatus } from './export-link.js';

/** A process that dies leaves its claim for so long, in seconds; one that lives renews it with each status. */
const CLAIM_S = 30;
/** How long the page can tell how a download ended, in seconds. */
const STATUS_S = 3_600;

interface Stored extends DownloadStatus {
  readonly subject: string;
}

/** The right to send the file of a link, which one request has at a time, and where a download stands. */
@Injectable()
export class DownloadStates {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Undefined while another request sends the file of this link. */
  async claim(tenant: Tenant, id: string): Promise<DownloadClaim | undefined> {
    const [name = '', ...others] = this.names('export-claim', tenant, id);
    const owner = randomBytes(12).toString('base64url');
    if ((await readEntry(this.store, others)) !== undefined) return undefined;
    if (!(await this.store.compareAndSet(name, undefined, owner, CLAIM_S))) return undefined;
    return {
      renew: async () => void (await this.store.compareAndSet(name, owner, owner, CLAIM_S)),
      release: async () => {
        if ((await this.store.get(name)) === owner) await this.store.delete(name);
      },
    };
  }

  async write(tenant: Tenant, id: string, subject: string, status: DownloadStatus): Promise<void> {
    const [name = ''] = this.names('export-status', tenant, id);
    await this.store.set(name, this.cipher.seal(name, { ...status, subject } satisfies Stored), STATUS_S);
  }

  /** Where the download of this person's link stands; undefined before the first attempt. */
  async read(tenant: Tenant, id: string, subject: string): Promise<DownloadStatus | undefined> {
    const found = await readEntry(this.store, this.names('export-status', tenant, id));
    const stored = found && (this.cipher.open(found.name, found.text) as Stored | undefined);
    if (stored === undefined || stored.subject !== subject) return undefined;
    if (stored.state !== 'running' || (await this.isClaimed(tenant, id))) return stored;
    // The process that sent the file is gone.
    return { ...stored, state: 'failed', code: 'CANCELLED', message: 'The download was interrupted.' };
  }

  private async isClaimed(tenant: Tenant, id: string): Promise<boolean> {
    return (await readEntry(this.store, this.names('export-claim', tenant, id))) !== undefined;
  }

  private names(kind: string, tenant: Tenant, id: string): readonly string[] {
    return this.cipher.hashes(id).map(hash => `${kind}:${tenant.name}:${hash}`);
  }
}

export interface DownloadClaim {
  renew(): Promise<void>;
  release(): Promise<void>;
}
