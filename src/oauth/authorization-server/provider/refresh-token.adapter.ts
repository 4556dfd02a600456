import type { AdapterPayload } from 'oidc-provider';
import type { ModelStorage } from '../../tokens/model-storage.js';
import { markRepetition, refreshingClient } from '../bridge/refresh-successors.js';
import { ProviderAdapter, guarded } from './provider.adapter.js';

export interface RefreshReuse {
  /** Milliseconds since a token's first use; 0: a second use always ends everything that came from the first. */
  readonly graceMs: number;
  /** The ids that the successor of a token can have; the first is that of a new one. */
  successorsOf(id: string): readonly string[];
}

/**
 * Refresh tokens. Sessions that share a token refresh it at the same time, and answers get lost; so a retired token is
 * honoured for a while after its first use, for the same client and until its successor was used. Everybody gets the
 * same successor. Every other second use is a replay (RFC 9700 §4.14.2).
 */
export class RefreshTokenAdapter extends ProviderAdapter {
  constructor(
    storage: ModelStorage,
    private readonly reuse: RefreshReuse,
  ) {
    super('RefreshToken', storage);
  }

  /** A repeated refresh must not move the expiry of the successor that exists. */
  override async upsert(id: string, payload: AdapterPayload, expiresIn = 1): Promise<void> {
    await guarded(() => this.storage.putIfAbsent(id, { ...payload }, expiresIn));
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const payload = await super.find(id);
    if (payload?.consumed === undefined || !(await this.isRepeatable(id, payload))) return payload;
    // The provider would take it for a replay.
    const { consumed: _hidden, ...rest } = payload;
    return rest;
  }

  protected override async isRepeatable(id: string, { clientId }: AdapterPayload): Promise<boolean> {
    const { graceMs } = this.reuse;
    if (graceMs === 0 || clientId === undefined || refreshingClient() !== clientId) return false;
    const age = await guarded(() => this.storage.consumedFor(id));
    // A negative age: the clock was set back.
    if (age === undefined || Math.abs(age) >= graceMs) return false;
    const successors = this.reuse.successorsOf(id);
    const uses = await guarded(() => Promise.all(successors.map(successor => this.storage.consumedFor(successor))));
    if (uses.some(use => use !== undefined)) return false;
    markRepetition(await this.existingOf(successors));
    return true;
  }

  /** While STATE_KEY is rotated there can be two ids; a successor that another key named stays the only one. */
  private async existingOf(successors: readonly string[]): Promise<string> {
    const [first = '', ...others] = successors;
    for (const other of others) if ((await super.find(other)) !== undefined) return other;
    return first;
  }
}
