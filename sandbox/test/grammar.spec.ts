import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { difference, readCorpus } from './corpus/corpus-case.ts';
import { openTarget, type CorpusTarget } from './corpus/corpus-target.ts';
import { HONOURED } from './grammar/honoured.ts';
import { INDIFFERENT } from './grammar/indifferent.ts';
import { REFUSED } from './grammar/refused.ts';

const PARSER = path.join(import.meta.dirname, '../src/parser');

/** Every upper-case word in the source of the parser, which accepts or refuses it by name. */
function wordsOfTheParser(): string[] {
  const words = new Set<string>();
  for (const file of readdirSync(PARSER)) {
    // This file only lists reserved words; the other files contain their grammar.
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts') || file === 'reserved-words.ts') continue;
    const source = readFileSync(path.join(PARSER, file), 'utf8');
    for (const [, quoted, key] of source.matchAll(/'([A-Z][A-Z_]+(?: [A-Z_]+)*)'|^ {2}\$?([A-Z][A-Z_]+): /gm)) {
      for (const word of (quoted ?? key!).split(' ')) words.add(word);
    }
  }
  // This is the prefix of TRY_CAST and similar functions.
  words.delete('TRY_');
  return [...words].sort();
}

describe('the grammar: each optional clause is honoured or refused', () => {
  let target: CorpusTarget;

  beforeAll(async () => {
    target = await openTarget();
  }, 120_000);
  afterAll(() => target?.close());

  it.each(HONOURED)('honoured: $sql', async clause => {
    expect(difference(clause.expect, await target.run(clause.sql))).toBeUndefined();
  });

  it.each(INDIFFERENT)('changes nothing: $sql', async ({ sql, plain, before, after }) => {
    const outcomes = [];
    for (const statement of [plain, sql]) {
      if (before) await target.run(before);
      outcomes.push(await target.run(statement));
      if (after) await target.run(after);
    }
    expect(outcomes[0]!.error).toBeUndefined();
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it.each(REFUSED)('refused: $sql', async ({ sql, error, names }) => {
    const outcome = await target.run(sql);
    expect(outcome.error?.number).toBe(error ?? 50000);
    expect(outcome.error?.message).toContain(names);
  });

  it('has a case for every word that the parser knows', () => {
    const statements = [
      ...HONOURED.map(c => c.sql),
      ...INDIFFERENT.flatMap(c => [c.sql, c.before ?? '']),
      ...REFUSED.map(c => c.sql),
      ...readCorpus().flatMap(f => f.cases.map(c => c.sql)),
    ];
    const used = new Set(statements.flatMap(sql => sql.toUpperCase().match(/[A-Z_]+/g) ?? []));
    const words = wordsOfTheParser();
    expect(words.length).toBeGreaterThan(400);
    expect(words.filter(word => !used.has(word))).toEqual([]);
  });
});
