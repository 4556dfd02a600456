import { jest } from '@jest/globals';
import { KeepAlive } from './keep-alive.js';

describe('the keep-alive timer', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('calls back every 15 seconds until it is stopped', () => {
    const keepAlive = new KeepAlive();
    const beat = jest.fn();
    const stop = keepAlive.add(beat);
    jest.advanceTimersByTime(14_999);
    expect(beat).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(beat).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(15_000);
    expect(beat).toHaveBeenCalledTimes(2);
    stop();
    stop();
    jest.advanceTimersByTime(60_000);
    expect(beat).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('spreads streams that opened at different times over the interval', () => {
    const keepAlive = new KeepAlive();
    const beats: number[] = [];
    for (let second = 0; second < 5; second += 1) {
      keepAlive.add(() => beats.push(second));
      jest.advanceTimersByTime(1_000);
    }
    jest.advanceTimersByTime(10_000);
    expect(beats).toEqual([0]);
    jest.advanceTimersByTime(4_000);
    expect(beats).toEqual([0, 1, 2, 3, 4]);
    keepAlive.onApplicationShutdown();
  });
});
