import type { LockWait } from '../engine/contracts.ts';
import { Transaction } from '../storage/transaction.ts';
import { LockWaits, type Waiter } from './lock-waits.ts';

const waiter = (spid: number, transaction?: Transaction, more: Partial<Waiter> = {}): Waiter => ({
  spid,
  lockTimeout: -1,
  deadlockPriority: 0,
  currentTransaction: transaction,
  ...more,
});
function step(steps: Generator<unknown, void, void>): LockWait | undefined {
  const result = steps.next();
  return result.done ? undefined : (result.value as LockWait);
}

describe('LockWaits', () => {
  it('waits until the owner has ended', () => {
    const waits = new LockWaits();
    const owner = new Transaction(51);
    const steps = waits.wait(waiter(52), [owner]);
    const wait = step(steps)!;
    expect(wait.ready()).toBe(false);
    expect(waits.blockerOf(52)).toBe(51);
    owner.commit();
    expect(wait.ready()).toBe(true);
    expect(step(steps)).toBeUndefined();
    expect(waits.blockerOf(52)).toBe(0);
  });

  it('raises 1222 at once with LOCK_TIMEOUT 0', () => {
    const steps = new LockWaits().wait(waiter(52, undefined, { lockTimeout: 0 }), [new Transaction(51)]);
    expect(() => steps.next()).toThrow(expect.objectContaining({ number: 1222 }));
  });

  it('chooses the session whose wait closes the cycle as deadlock victim', () => {
    const waits = new LockWaits();
    const [a, b] = [new Transaction(51), new Transaction(52)];
    const first = waits.wait(waiter(51, a), [b]);
    step(first);
    const second = waits.wait(waiter(52, b), [a]);
    expect(() => second.next()).toThrow(expect.objectContaining({ number: 1205, severity: 13 }));
  });

  it('spares the session with the higher DEADLOCK_PRIORITY', () => {
    const waits = new LockWaits();
    const [a, b] = [new Transaction(51), new Transaction(52)];
    const first = waits.wait(waiter(51, a, { deadlockPriority: -5 }), [b]);
    const wait = step(first)!;
    const second = waits.wait(waiter(52, b, { deadlockPriority: 5 }), [a]);
    expect(step(second)!.ready()).toBe(false);
    expect(wait.ready()).toBe(true);
    expect(() => first.next()).toThrow(expect.objectContaining({ number: 1205 }));
  });

  it('finds cycles of three sessions', () => {
    const waits = new LockWaits();
    const [a, b, c] = [new Transaction(51), new Transaction(52), new Transaction(53)];
    step(waits.wait(waiter(51, a), [b]));
    step(waits.wait(waiter(52, b), [c]));
    expect(() => waits.wait(waiter(53, c), [a]).next()).toThrow(expect.objectContaining({ number: 1205 }));
  });
});
