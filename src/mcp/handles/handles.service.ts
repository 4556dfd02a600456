import { Injectable } from '@nestjs/common';
import { hasScope } from '../../common/principal.js';
import { ToolRegistry } from '../../tools/tool.registry.js';
import type { ToolCall } from '../../tools/tool.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import { type HandleRecord, isOwner, ownerOf } from './handle-record.js';
import { HandleRecords } from './handle-records.js';
import { BEAT_MS, HeldCalls } from './held-calls.js';
import { Wakeups } from './wakeups.js';

/** The person who presents a handle, and their tenant. */
export type HandleUser = Pick<ToolCall, 'tenant' | 'principal'>;

export interface WaitOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Called with the number of rows that have been read so far. */
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

  /** Returns the current record; undefined when the handle is unknown or has another owner. Throws AppError UNAVAILABLE. */
  async find(id: string, who: HandleUser): Promise<HandleRecord | undefined> {
    const here = this.calls.find(id);
    const record = here === undefined || here.isStored ? await this.stored(id) : here.record();
    return record !== undefined && this.mayHave(record, who) ? record : undefined;
  }

  /** Waits at most `limitMs` for the call to end, and returns its record, or undefined as `find` does. */
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
        // The message about the end may get lost, and the process of the call may have stopped, so look again.
        await woken.within(Math.min(left, BEAT_MS), signal);
      } finally {
        woken.forget();
      }
    }
  }

  /** Requests that the call ends. The call may end in another way before that. Returns undefined as `find` does. */
  async cancel(id: string, who: HandleUser): Promise<HandleRecord | undefined> {
    const record = await this.find(id, who);
    if (record === undefined || record.ending !== undefined) return record;
    const here = this.calls.find(id);
    if (here !== undefined) here.stop('cancelled');
    else await this.bus.send(id, 'handle_cancel', { id });
    return record;
  }

  /** Notes that a client waits `forMs` for the result, so that the call does not count as abandoned. */
  asked(id: string, forMs: number): void {
    const here = this.calls.find(id);
    if (here !== undefined) here.asked(forMs);
    else void this.bus.send(id, 'handle_asked', { id, forMs }).catch(ignored);
  }

  /** Checks the rights again: the access rules may have changed since the call, and the token may have another scope. */
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
    // This process began the call and doesn't know it any more, so a record without an ending is out of date.
    return isOurs && record?.ending === undefined ? undefined : record;
  }
}

/** A message that is lost does no harm: without it the call counts as abandoned after two minutes. */
function ignored(): void {}
