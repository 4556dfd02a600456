import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { Drain } from '../../common/drain.js';
import { logger } from '../../common/log.js';
import type { InvocationOutcome, RunningCall } from '../../invocation/invocation.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import type { ToolOutput } from '../../tools/tool.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import type { Caller } from '../protocol/request-context.js';
import { endingOf, type HandleEnding, type HandleOwner, ownerOf } from './handle-record.js';
import { HandleRecords } from './handle-records.js';
import { type HeldCall, LocalHandle } from './local-handle.js';
import { Wakeups } from './wakeups.js';

const log = logger('mcp');
/** How long a result is kept. */
export const KEPT_SECONDS = 600;
/** How often the record of a running call is renewed. A record that is not renewed expires after RUNNING_SECONDS. */
export const BEAT_MS = 5_000;
const RUNNING_SECONDS = 30;
/** The limits of running calls with a handle, for one person and in all. A further call gets no handle; its caller waits. */
const MAX_OF_PERSON = 32;
const MAX_RUNNING = 2_000;

/** A call that is to be taken over, and its caller. */
export interface Taken {
  readonly caller: Caller;
  readonly call: HeldCall;
  /** Whether the request was cancelled. */
  isCancelled(): boolean;
}

interface Held {
  readonly handle: LocalHandle;
  /** The last write of the record; the next write waits for it. */
  writing: Promise<void>;
  unwatch: () => void;
}

type Running = RunningCall<InvocationOutcome<ToolOutput<unknown>>>;

/**
 * The calls that continue after their caller got a handle. Each call runs in the process that began it. Its record is in the
 * state store, so that every process can wait for it, deliver its result and cancel it. A call ends with its process.
 */
@Injectable()
export class HeldCalls implements BeforeApplicationShutdown {
  private readonly held = new Map<string, Held>();
  /** Handles whose first record is being written. Their calls count as running. */
  private readonly taking = new Set<LocalHandle>();
  private readonly following = new Set<Promise<void>>();
  private readonly doneListeners: ((tenant: string, output: ToolOutput<unknown>) => void)[] = [];
  private beat: NodeJS.Timeout | undefined;
  /** Whether the last write failed, so that an outage of the state store is logged once. */
  private isAway = false;

  constructor(
    private readonly records: HandleRecords,
    private readonly bus: ClusterBus,
    private readonly metrics: MetricsService,
    private readonly drain: Drain,
    private readonly wakeups: Wakeups,
  ) {
    bus.on('handle_asked', ({ id, forMs }) => this.held.get(id)?.handle.asked(forMs));
    bus.on('handle_cancel', ({ id }) => this.held.get(id)?.handle.stop('cancelled'));
    bus.on('handle_ended', ({ id }) => wakeups.wake(id));
    drain.signal.addEventListener('abort', () => this.stopAll(), { once: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopAll();
    await Promise.all(this.following);
    clearInterval(this.beat);
  }

  /** Calls the listener with the output of each call that succeeded after its caller got a handle. */
  onDone(listener: (tenant: string, output: ToolOutput<unknown>) => void): void {
    this.doneListeners.push(listener);
  }

  /** Makes a handle and takes the call over. Returns undefined if it has ended or can't be taken over. Never rejects. */
  async take({ caller, call, isCancelled }: Taken, { ended, detach }: Running): Promise<LocalHandle | undefined> {
    const owner = ownerOf(caller.principal);
    if (this.drain.draining || this.isFull(owner)) return undefined;
    const handle = new LocalHandle(this.bus.newId(), owner, call);
    this.taking.add(handle);
    try {
      // The next request of the client may reach another process, which must find the record.
      await this.records.write(handle.id, handle.record(), RUNNING_SECONDS);
    } catch (error) {
      log.warn({ err: error, tenant: owner.tenant }, 'a call gets no handle, because the state store is away');
      return undefined;
    } finally {
      this.taking.delete(handle);
    }
    if (isCancelled() || this.drain.draining || !detach()) {
      await this.records.delete(handle.id).catch(ignored);
      return undefined;
    }
    this.hold(handle, caller, ended);
    return handle;
  }

  /** Returns the handle if its call runs in this process. */
  find(id: string): LocalHandle | undefined {
    return this.held.get(id)?.handle;
  }

  private isFull({ tenant, subject }: HandleOwner): boolean {
    const held = [...this.held.values()].map(({ handle }) => handle).filter(({ isOver }) => !isOver);
    const running = [...held, ...this.taking];
    const own = running.filter(({ owner }) => owner.tenant === tenant && owner.subject === subject);
    return running.length >= MAX_RUNNING || own.length >= MAX_OF_PERSON;
  }

  private hold(handle: LocalHandle, { watchAccess }: Caller, ended: Running['ended']): void {
    const held: Held = { handle, writing: Promise.resolve(), unwatch: () => {} };
    this.held.set(handle.id, held);
    this.metrics.handleGiven(handle.owner.tenant);
    handle.asked(0);
    held.unwatch = watchAccess?.(() => this.revoke(held), { outlivesToken: true }) ?? held.unwatch;
    this.beat ??= setInterval(() => this.renew(), BEAT_MS).unref();
    const followed = this.follow(held, ended);
    this.following.add(followed);
    void followed.then(() => this.following.delete(followed));
  }

  private async follow(held: Held, ended: Running['ended']): Promise<void> {
    const { handle } = held;
    const { tenant } = handle.owner;
    const ending = await ended.then(outcome => this.done(tenant, outcome)).catch(asAppError);
    this.metrics.handleEnded(tenant, handle.end(ending));
    setTimeout(() => this.forget(held), KEPT_SECONDS * 1_000).unref();
    if (handle.isRevoked) return this.remove(held);
    this.wakeups.wake(handle.id);
    await this.write(held);
  }

  private done(tenant: string, outcome: InvocationOutcome<ToolOutput<unknown>>): HandleEnding {
    if (outcome.kind === 'done') for (const listener of this.doneListeners) listener(tenant, outcome.output);
    return endingOf(outcome);
  }

  private revoke(held: Held): void {
    held.handle.stop('revoked');
    if (held.handle.isOver) void this.remove(held);
  }

  private async remove(held: Held): Promise<void> {
    this.forget(held);
    await held.writing;
    await this.records.delete(held.handle.id).catch(ignored);
    this.wakeups.wake(held.handle.id);
  }

  private forget(held: Held): void {
    held.unwatch();
    this.held.delete(held.handle.id);
    if (this.held.size > 0) return;
    clearInterval(this.beat);
    this.beat = undefined;
  }

  private renew(): void {
    for (const held of this.held.values()) if (!held.handle.isStored) void this.write(held);
  }

  /** Writes the record after the previous write, so that none replaces a later one. Never rejects; `renew` tries again. */
  private write(held: Held): Promise<void> {
    held.writing = held.writing.then(async () => {
      const { handle } = held;
      if (handle.isStored || !this.held.has(handle.id)) return;
      const record = handle.record();
      try {
        await this.records.write(handle.id, record, record.ending === undefined ? RUNNING_SECONDS : KEPT_SECONDS);
      } catch (error) {
        if (!this.isAway) log.warn({ err: error }, 'records of calls with a handle cannot be written');
        this.isAway = true;
        return;
      }
      this.isAway = false;
      if (record.ending === undefined) return;
      handle.stored();
      await this.bus.broadcast('handle_ended', { id: handle.id });
    });
    return held.writing;
  }

  private stopAll(): void {
    for (const { handle } of this.held.values()) handle.stop('restart');
  }
}

function asAppError(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new AppError('INTERNAL', 'The tool failed unexpectedly.', { cause: error });
}

function ignored(): void {}
