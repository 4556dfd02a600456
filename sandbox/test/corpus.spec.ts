import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { difference, readCorpus } from './corpus/corpus-case.ts';
import { openTarget, type CorpusTarget } from './corpus/corpus-target.ts';

const files = readCorpus();

/** The statements of a file run in order on one connection, so that later ones may depend on earlier ones. */
describe.each(files)('corpus $name', ({ cases }) => {
  let target: CorpusTarget;

  beforeAll(async () => {
    target = await openTarget();
  }, 120_000);
  afterAll(() => target?.close());

  it.each(cases)('$id [$category] $sql', async ({ sql, login, expect: expectation }) => {
    expect(difference(expectation, await target.run(sql, login))).toBeUndefined();
  });
});

describe('the corpus itself', () => {
  const cases = files.flatMap(f => f.cases);

  it('has at least 300 statements, each with a unique id', () => {
    expect(cases.length).toBeGreaterThanOrEqual(300);
    expect(new Set(cases.map(c => c.id)).size).toBe(cases.length);
  });

  it('has an expectation for each statement', () => {
    expect(cases.filter(c => Object.keys(c.expect).length === 0)).toEqual([]);
  });
});
