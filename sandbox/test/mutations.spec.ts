import { beforeAll, describe, expect, it } from '@jest/globals';
import { createCatalog } from '../src/catalog/catalog.ts';
import { CancelledError, type ServerMessage } from '../src/engine/contracts.ts';
import { seedBatches } from '../src/seed/seeds.ts';
import { SessionFactory } from '../src/session/session-factory.ts';
import { TestClient } from '../src/session/testing/test-session.ts';
import { processorTime } from '../src/testing/processor-time.ts';
import { readCorpus } from './corpus/corpus-case.ts';

const TOKEN = /N?'(?:[^']|'')*'|\[[^\]]*\]|@@?\w+|#?\w+|<>|<=|>=|!=|\s+|[^\w\s]/g;
/** Values and words that replace other tokens. */
const STRANGE = [
  ...[
    'NULL',
    '-1',
    '2147483647',
    '9223372036854775807',
    '1e308',
    "''",
    '0x',
    '@x',
    'DISTINCT',
    '*',
    '(',
    ')',
    ',',
    ';',
  ],
  ...['OVER ()', 'CAST(NULL AS int)', "CAST('2024-01-01' AS date)", '(SELECT 1)', "REPLICATE('x', 8000)", '$1'],
  ...['DEFAULT', 'CAST(1 AS sql_variant)', "CAST('<a/>' AS xml)", 'NEWID()', '9999999999999999999999999999999999999'],
];
/** Twice as many as the corpus has statements: each is mutated about twice, in different ways. */
const ROUNDS = 2000;
/** A statement that computes for longer is stopped by its next tick. */
const MILLISECONDS_A_STATEMENT = 1000;

/** A random number generator with a seed (xorshift), so that a failure is reproducible. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(below, 1);
  };
}

describe('mutations of the corpus', () => {
  let client: TestClient;

  beforeAll(() => {
    const factory = new SessionFactory({ databaseName: 'Db', saPassword: 'x', catalog: createCatalog() });
    client = new TestClient(
      factory.open({ user: 'sa', host: 'h', application: 'a', database: 'Db', readOnlyIntent: false, odbc: true }),
    );
    for (const batch of seedBatches('shop')) client.ok(batch);
  });

  /** Runs a statement, stops it when it takes too long, and returns its errors. */
  const errorsOf = (sql: string): ServerMessage[] => {
    const errors: ServerMessage[] = [];
    const until = performance.now() + MILLISECONDS_A_STATEMENT;
    const tick = (): boolean => {
      if (performance.now() > until) throw new CancelledError();
      return false;
    };
    const sink = {
      columns: () => {},
      row: () => false,
      drained: { ready: () => true },
      done: () => {},
      info: () => {},
      error: (message: ServerMessage) => void errors.push(message),
      environment: () => {},
    };
    const took = processorTime(() => {
      try {
        const steps = client.session.executeBatch(sql, sink, { tick });
        while (!steps.next().done);
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
    });
    // The limit holds because no part of a statement computes that long without a tick.
    expect(took).toBeLessThan(2 * MILLISECONDS_A_STATEMENT);
    return errors;
  };

  it('give rows or an SQL error, never an internal error, and the session goes on', () => {
    const random = randomNumbers(20_240_229);
    const one = <T>(from: readonly T[]): T => from[random(from.length)]!;
    const texts = readCorpus().flatMap(({ cases }) => cases.map(({ sql }) => sql.match(TOKEN) ?? []));
    const words = [...new Set(texts.flat())].filter(word => word.trim() !== '');
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = [...one(texts)];
      for (let changes = 1 + random(3); changes > 0; changes--) {
        const at = random(tokens.length);
        const change = random(4);
        if (change === 0) tokens.splice(at, 1 + random(3));
        else if (change === 1) tokens.splice(at, 0, ' ', one(words), ' ');
        else tokens[at] = change === 2 ? one(words) : one(STRANGE);
      }
      const sql = tokens.join('');
      if (/WAITFOR/i.test(sql)) continue;
      const ours = errorsOf(sql).filter(({ number, message }) => !number || /of the sandbox:/.test(message));
      expect({ sql, ours }).toEqual({ sql, ours: [] });
      expect(client.rows('IF @@TRANCOUNT > 0 ROLLBACK; SELECT 1')).toEqual([['1']]);
    }
  }, 60_000);
});
