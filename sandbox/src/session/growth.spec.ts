import { processorTime } from '../testing/processor-time.ts';
import { TestServer } from './testing/test-session.ts';

/** `x` nested in the same form, `depth` times. */
function nested(form: (x: string) => string, depth: number): string {
  let text = '1';
  for (let i = 0; i < depth; i++) text = form(text);
  return text;
}

describe('the time that a statement takes', () => {
  const client = new TestServer().open();

  it.each([
    ['CASE', (x: string) => `CASE ${x} WHEN 0 THEN 0 WHEN 2 THEN 2 ELSE 1 END`],
    ['BETWEEN', (x: string) => `CASE WHEN ${x} BETWEEN 0 AND 5 THEN 1 ELSE 2 END`],
    ['NULLIF', (x: string) => `NULLIF(${x}, 2)`],
    ['IS DISTINCT FROM', (x: string) => `CASE WHEN ${x} IS DISTINCT FROM 2 THEN 1 ELSE 2 END`],
    ['COALESCE', (x: string) => `COALESCE(${x}, 2)`],
  ])('does not double with each %s in another', (_name, form) => {
    const took = processorTime(() => expect(client.rows(`SELECT ${nested(form, 40)}`)).toEqual([['1']]));
    expect(took).toBeLessThan(1000);
  });

  it('ends with error 8623 when common table expressions name each other twice', () => {
    const doubled = Array.from(
      { length: 30 },
      (_, i) => `c${i + 1} AS (SELECT a.x FROM c${i} a JOIN c${i} b ON a.x = b.x)`,
    );
    const took = processorTime(() =>
      expect(client.error(`WITH c0 AS (SELECT 1 AS x), ${doubled.join(', ')} SELECT x FROM c30`)).toBe(8623),
    );
    expect(took).toBeLessThan(3000);
    expect(client.rows('SELECT 1')).toEqual([['1']]);
  });

  it('ends with error 1056 for more than 4,096 columns', () => {
    expect(client.error(`SELECT ${'1,'.repeat(4096)}1`)).toBe(1056);
    expect(client.rows(`SELECT ${'1,'.repeat(4095)}1`)[0]).toHaveLength(4096);
  });
});
