import { describe, expect, it } from '@jest/globals';
import { PAUSE } from '../contracts.ts';
import { sortItems, TopEntries } from './sort.ts';

function finish<T>(steps: Generator<typeof PAUSE, T, void>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

describe('sortItems', () => {
  it.each([0, 1, 2048, 2049, 10_000])('sorts %i items, equal ones in the order they came', count => {
    const items = Array.from({ length: count }, (_, i) => ({ key: (i * 7919) % 101, i }));
    const expected = [...items].sort((a, b) => a.key - b.key || a.i - b.i);
    expect(finish(sortItems(items, (a, b) => a.key - b.key, { tick: () => false }))).toEqual(expected);
  });
});

describe('TopEntries', () => {
  it.each([
    [5, false],
    [5, true],
    [700, false],
    [700, true],
  ])('keeps the first %i (ties: %s) of many', (limit, ties) => {
    const entries = Array.from({ length: 5000 }, (_, i) => ({ row: [i], keys: [(i * 7919) % 97] }));
    const compare = (a: (typeof entries)[0], b: (typeof entries)[0]): number => a.keys[0]! - b.keys[0]!;
    const top = new TopEntries(limit, ties, compare as never);
    entries.forEach(entry => top.add(entry));
    const all = [...entries].sort(compare);
    let keep = limit;
    while (ties && all[keep]!.keys[0] === all[limit - 1]!.keys[0]) keep++;
    expect(top.result()).toEqual(all.slice(0, keep));
  });
});
