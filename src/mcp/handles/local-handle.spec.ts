import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AppError } from '../../common/app-error.js';
import { ABANDONED_AFTER_MS, LocalHandle } from './local-handle.js';

const OWNER = { tenant: 'demo', subject: 'ann', client: 'claude', rights: '' };
const CANCELLED = new AppError('CANCELLED', 'The call was cancelled.');
const DONE = { kind: 'done', output: { text: '{}', isJson: true } } as const;

describe('LocalHandle', () => {
  let aborted: number;
  let handle: LocalHandle;

  beforeEach(() => {
    jest.useFakeTimers();
    aborted = 0;
    const call = { tool: 'execute_sql', startedAt: Date.now(), rows: 7, abort: () => void (aborted += 1) };
    handle = new LocalHandle('id', OWNER, call);
    handle.asked(0);
  });
  afterEach(() => void jest.useRealTimers());

  it('stops its call when nobody has asked for two minutes', () => {
    jest.advanceTimersByTime(ABANDONED_AFTER_MS - 1);
    expect(aborted).toBe(0);
    jest.advanceTimersByTime(1);
    expect(aborted).toBe(1);
    expect(handle.end(CANCELLED)).toBe('abandoned');
    expect(handle.record().ending).toEqual({ kind: 'expired', reason: 'abandoned' });
  });

  it('counts the two minutes from the end of the longest wait', () => {
    handle.asked(45_000);
    handle.asked(1_000);
    jest.advanceTimersByTime(45_000 + ABANDONED_AFTER_MS - 1);
    expect(aborted).toBe(0);
    handle.asked(0);
    jest.advanceTimersByTime(ABANDONED_AFTER_MS - 1);
    expect(aborted).toBe(0);
    jest.advanceTimersByTime(1);
    expect(aborted).toBe(1);
  });

  it('is never abandoned once it has ended', () => {
    expect(handle.end(DONE)).toBe('done');
    handle.asked(0);
    jest.advanceTimersByTime(10 * ABANDONED_AFTER_MS);
    expect(aborted).toBe(0);
    expect(handle.record()).toMatchObject({ ...OWNER, rows: 7, ending: DONE });
  });

  it('keeps the first reason for which it was stopped, but the loss of access always counts', () => {
    handle.stop('cancelled');
    handle.stop('restart');
    expect(handle.isRevoked).toBe(false);
    handle.stop('revoked');
    expect(handle.end(CANCELLED)).toBe('revoked');
    expect(handle.isRevoked).toBe(true);
  });

  it.each([
    ['cancelled', { kind: 'cancelled' }],
    ['restart', { kind: 'expired', reason: 'restart' }],
  ] as const)('says how it ended when it was stopped: %s', (reason, ending) => {
    handle.stop(reason);
    handle.end(CANCELLED);
    expect(handle.record().ending).toEqual(ending);
  });

  it('is done when its call was done although it was stopped, and failed when its call failed by itself', () => {
    handle.stop('cancelled');
    expect(handle.end(DONE)).toBe('done');
    const other = new LocalHandle('id', OWNER, { tool: 't', startedAt: 0, rows: 0, abort: () => {} });
    expect(other.end(new AppError('SQL_ERROR', 'wrong', { hint: 'look', details: { number: 208 } }))).toBe('failed');
    expect(other.record().ending).toEqual({
      kind: 'failed',
      error: { code: 'SQL_ERROR', message: 'wrong', hint: 'look', details: { number: 208 } },
    });
  });

  it('does not keep the result in memory that is in the state store', () => {
    handle.end(DONE);
    handle.stored();
    expect([handle.isStored, handle.isOver]).toEqual([true, true]);
    expect(handle.record()).not.toHaveProperty('ending');
  });
});
