import { processorTime } from '../testing/processor-time.ts';
import { OrderedRows } from './ordered-rows.ts';
import type { StoredRow } from './table.ts';

const row = (id: number, key = id): StoredRow => ({ id, values: [key] });
const byKey = (): OrderedRows => new OrderedRows((a, b) => Number(a.values[0]) - Number(b.values[0]) || a.id - b.id);
const keys = (rows: Iterable<StoredRow>): number[] => [...rows].map(r => Number(r.values[0]));

describe('OrderedRows', () => {
  it('keeps rows in key order however they come', () => {
    const rows = byKey();
    const order = Array.from({ length: 2000 }, (_, i) => (i * 7919) % 2000);
    order.forEach((key, id) => rows.insert(row(id, key)));
    expect(keys(rows.scan())).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(rows.size).toBe(2000);
  });

  it('gives a scan the rows as they were when it began', () => {
    const rows = byKey();
    for (let i = 0; i < 1000; i++) rows.insert(row(i));
    const scan = rows.scan()[Symbol.iterator]();
    scan.next();
    for (let i = 0; i < 1000; i += 2) rows.delete(row(i));
    for (let i = 1000; i < 1500; i++) rows.insert(row(i));
    rows.inPlace(row(501), { id: 501, values: [501, 'new'] });
    let count = 1;
    let seen = '';
    for (let step = scan.next(); !step.done; step = scan.next()) {
      count++;
      if (step.value.id === 501) seen = String(step.value.values[1]);
    }
    expect(count).toBe(1000);
    expect(seen).toBe('undefined');
    expect(rows.size).toBe(1000);
    expect(keys(rows.scan()).slice(0, 3)).toEqual([1, 3, 5]);
    expect([...rows.scan()].find(r => r.id === 501)!.values[1]).toBe('new');
  });

  it('forgets nothing when all rows are deleted and inserted again', () => {
    const rows = byKey();
    for (let i = 0; i < 600; i++) rows.insert(row(i));
    for (let i = 0; i < 600; i++) rows.delete(row(i));
    expect([...rows.scan()]).toEqual([]);
    rows.insert(row(7));
    expect(keys(rows.scan())).toEqual([7]);
  });

  it('inserts into 100,000 rows fast, also between scans', () => {
    const rows = byKey();
    for (let i = 0; i < 100_000; i++) rows.insert(row(i, i * 2));
    const inserts = processorTime(() => {
      for (let i = 0; i < 1000; i++) {
        rows.insert(row(200_000 + i, i * 199 + 1));
        rows.scan();
      }
    });
    expect(inserts).toBeLessThan(500);
  });
});
