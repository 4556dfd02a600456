import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { difference } from './corpus/corpus-case.ts';
import { openTarget, type CorpusTarget } from './corpus/corpus-target.ts';
import { DIFFERENCES } from './readme/differences.ts';
import { readmeTexts } from './readme/readme.ts';

describe('the README', () => {
  let target: CorpusTarget;

  beforeAll(async () => {
    target = await openTarget();
  }, 60_000);
  afterAll(() => target?.close());

  it('has the tables that the tests make (node sandbox/test/readme/update.ts)', () => {
    const { now, expected } = readmeTexts();
    expect(now).toBe(expected);
  });

  it.each(DIFFERENCES)('states what the sandbox does: $sandbox', async ({ statements, expect: expectation }) => {
    const outcomes = [];
    for (const statement of statements) outcomes.push(await target.run(statement));
    expect(difference(expectation, outcomes[outcomes.length - 1]!)).toBeUndefined();
  });
});
