import { Inject, Injectable } from '@nestjs/common';
import { readEntry, writeEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { HandleRecord } from './handle-record.js';

/** Stores the handle records in the state store, encrypted. Throws AppError UNAVAILABLE while the store is away. */
@Injectable()
export class HandleRecords {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  async read(id: string): Promise<HandleRecord | undefined> {
    const found = await readEntry(this.store, this.namesOf(id));
    return found === undefined ? undefined : (this.cipher.open(found.name, found.text) as HandleRecord | undefined);
  }

  async write(id: string, record: HandleRecord, ttlSeconds: number): Promise<void> {
    const names = this.namesOf(id);
    await writeEntry(this.store, names, this.cipher.seal(names[0] ?? '', record), ttlSeconds);
  }

  async delete(id: string): Promise<void> {
    for (const name of this.namesOf(id)) await this.store.delete(name);
  }

  private namesOf(id: string): readonly string[] {
    return this.cipher.hashes(id).map(hash => `mcp:handle:${hash}`);
  }
}
