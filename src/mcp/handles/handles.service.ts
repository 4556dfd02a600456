import { Injectable } from '@nestjs/common';
import { hasScope } from '../../common/principal.js';
import { ToolRegistry } from '../../tools/tool.registry.js';
import type { ToolCall } from '../../tools/tool.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import { type HandleRecord, isOwner, ownerOf } from './handle-record.js';
import { HandleRecords } from './handle-records.js';
import { BEAT_MS, HeldCalls } from './held-calls.js';
import { Wakeups } from './wakeups.js';

/** Who asks for a handle. */
export type HandleUser = Pick<ToolCall, 'tenant' | 'principal'>;

export interface WaitOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Gets the rows so far. */
  onRows(rows: number): void;
}

/** Finds the calls behind handles, in whichever process they run: waits for them, and cancels them. */
@Injectable()
export class HandlesService {
  constructor(
    private readonly calls: HeldCalls,
    private readonly records: HandleRecords,
    private readonly bus: ClusterBus,
    private readonly wakeups: Wakeups,
    private readonly tools: ToolRegistry,
  ) {}

  /** The record as it is now. Undefined for a handle that is unknown, or another's. Throws AppError UNAVAILABLE. */
  async find(id: string, who: HandleUser): Promise<HandleRecord | undefined> {
    const here = this.calls.find(id);
    const record = here === undefined || here.isStored ? await this.stored(id) : here.record();
    return record !== undefined && this.mayHave(record, who) ? record : undefined;
  }

  /** Waits until the call has ended, for at most `limitMs`, and returns its record. Undefined as `find`. */
  async wait(id: string, who: HandleUser, options: WaitOptions): Promise<HandleRecord | undefined> {
    const { limitMs, signal, onRows } = options;
    const until = performance.now() + limitMs;
    for (let look = 1; ; look++) {
      const woken = this.wakeups.next(id);
      try {
        const record = await this.find(id, who);
        if (record === undefined || record.ending !== undefined) return record;
        const left = Math.max(0, until - performance.now());
        if (look === 1) this.asked(id, left);
        if (left === 0 || signal.aborted) return record;
        onRows(record.rows);
        // The word that it has ended may be lost, and its process may have stopped.
        await woken.within(Math.min(left, BEAT_MS), signal);
      } finally {
        woken.forget();
      }
    }
  }

  /** Asks the call to end. Undefined as `find`; it may have ended, or end otherwise. */
  async cancel(id: string, who: HandleUser): Promise<HandleRecord | undefined> {
    const record = await this.find(id, who);
    if (record === undefined || record.ending !== undefined) return record;
    const here = this.calls.find(id);
    if (here !== undefined) here.stop('cancelled');
    else await this.bus.send(id, 'handle_cancel', { id });
    return record;
  }

  /** Somebody wants the result, and waits for so long: the call is not abandoned. */
  asked(id: string, forMs: number): void {
    const here = this.calls.find(id);
    if (here !== undefined) here.asked(forMs);
    else void this.bus.send(id, 'handle_asked', { id, forMs }).catch(ignored);
  }

  /** The access rules may have changed since the tool was called, and the token may have another scope. */
  private mayHave(record: HandleRecord, { tenant, principal }: HandleUser): boolean {
    const tool = this.tools.find(tenant, record.tool);
    return (
      isOwner(record, ownerOf(principal)) &&
      tool !== undefined &&
      this.tools.mayUse(tool, principal) &&
      hasScope(principal.scopes, tool.descriptor.scope)
    );
  }

  private async stored(id: string): Promise<HandleRecord | undefined> {
    const isOurs = this.bus.holds(id);
    if (isOurs === undefined) return undefined;
    const record = await this.records.read(id);
    // A call of this process that it doesn't know has ended.
    return isOurs && record?.ending === undefined ? undefined : record;
  }
}

/** A call that nobody can reach any more is abandoned after two minutes anyway. */
function ignored(): void {}
