import type { Steps } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { Transaction } from '../storage/transaction.ts';

export interface Waiter {
  readonly spid: number;
  /** SET LOCK_TIMEOUT in milliseconds; -1 waits for ever. */
  readonly lockTimeout: number;
  /** SET DEADLOCK_PRIORITY, -10 to 10: the lowest is the victim. */
  readonly deadlockPriority: number;
  /** The open transaction, undefined when the statement stands alone. */
  readonly currentTransaction: Transaction | undefined;
}

interface Wait {
  readonly waiter: Waiter;
  readonly owners: readonly Transaction[];
  victim: boolean;
}

const deadlock = (spid: number): SqlError =>
  new SqlError(
    1205,
    `Transaction (Process ID ${spid}) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.`,
    13,
    51,
  );

/** The lock waits of one server. */
export class LockWaits {
  private readonly waits = new Map<number, Wait>();

  /** The session that keeps this one waiting, 0 when it does not wait (blocking_session_id). */
  blockerOf(spid: number): number {
    return this.waits.get(spid)?.owners.find(owner => owner.active)?.spid ?? 0;
  }

  /** Waits until the owners have ended. Throws 1222 after LOCK_TIMEOUT, 1205 when chosen as deadlock victim. */
  *wait(waiter: Waiter, owners: readonly Transaction[]): Steps {
    const wait: Wait = { waiter, owners, victim: false };
    const deadline = waiter.lockTimeout < 0 ? Infinity : performance.now() + waiter.lockTimeout;
    this.waits.set(waiter.spid, wait);
    try {
      this.breakDeadlock(wait);
      const free = (): boolean => owners.every(owner => !owner.active);
      if (!wait.victim && waiter.lockTimeout !== 0) {
        yield { ready: () => wait.victim || free() || performance.now() >= deadline };
      }
      if (wait.victim) throw deadlock(waiter.spid);
      if (!free()) throw new SqlError(1222, 'Lock request time out period exceeded.', 16, 51);
    } finally {
      this.waits.delete(waiter.spid);
    }
  }

  /** The victim is the waiter with the lowest priority, then the one with the fewest changes, then the newest wait. */
  private breakDeadlock(start: Wait): void {
    const cycle = this.cycleFrom(start);
    if (!cycle) return;
    const cost = (wait: Wait): number => wait.waiter.currentTransaction?.mark ?? 0;
    let victim = start;
    for (const wait of cycle) {
      const difference = wait.waiter.deadlockPriority - victim.waiter.deadlockPriority;
      if (difference < 0 || (difference === 0 && cost(wait) < cost(victim))) victim = wait;
    }
    victim.victim = true;
  }

  private cycleFrom(start: Wait): readonly Wait[] | undefined {
    const visited = new Set<number>();
    const follow = (wait: Wait, path: readonly Wait[]): readonly Wait[] | undefined => {
      for (const owner of wait.owners) {
        if (!owner.active) continue;
        if (owner.spid === start.waiter.spid) return path;
        const next = this.waits.get(owner.spid);
        if (!next || next.victim || visited.has(owner.spid)) continue;
        visited.add(owner.spid);
        const found = follow(next, [...path, next]);
        if (found) return found;
      }
      return undefined;
    };
    return follow(start, [start]);
  }
}
