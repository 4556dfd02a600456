import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import { ConfirmTokens } from './confirm-tokens.js';
import { writeInput } from './sql-input.js';

describe('ConfirmTokens', () => {
  const sealed = new SealedTokens(new StateCipher(randomBytes(32)));
  const binding = ['demo', 'ann', 'DELETE FROM t'];
  const refused = { code: 'INVALID_ARGUMENT', details: { parameter: 'confirm_token' } };
  let store: SqliteStateStore;
  let tokens: ConfirmTokens;
  beforeEach(() => {
    store = new SqliteStateStore(':memory:');
    tokens = new ConfirmTokens(sealed, store);
  });
  afterEach(async () => {
    jest.useRealTimers();
    await store.close();
  });

  it.each([[[]], [[0]], [[3, 0, 12]]])('returns the counts %j once', async counts => {
    const token = await tokens.issue(counts, binding);
    await expect(tokens.redeem(token, binding)).resolves.toEqual(counts);
    await expect(tokens.redeem(token, binding)).rejects.toMatchObject(refused);
  });

  it('gives the counts to one of many simultaneous callers', async () => {
    const token = await tokens.issue([1], binding);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => tokens.redeem(token, binding)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses another statement, and the token stays valid for its own', async () => {
    const token = await tokens.issue([1], binding);
    await expect(tokens.redeem(token, ['demo', 'ann', 'DELETE FROM u'])).rejects.toMatchObject(refused);
    await expect(tokens.redeem(token, binding)).resolves.toEqual([1]);
  });

  it('refuses a cursor that has the same binding', async () => {
    const cursor = sealed.issue('statement cursor', '2s', binding, 60);
    await expect(tokens.redeem(cursor, binding)).rejects.toMatchObject(refused);
  });

  it('refuses a token after five minutes', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const token = await tokens.issue([1], binding);
    jest.setSystemTime(Date.now() + 301_000);
    await expect(tokens.redeem(token, binding)).rejects.toMatchObject(refused);
  });

  it('makes a token that execute_sql accepts, whatever the number of statements', async () => {
    const token = await tokens.issue(
      Array.from({ length: 1_000 }, () => 12_345),
      binding,
    );
    expect(writeInput.safeParse({ query: 'DELETE FROM t', confirm_token: token }).success).toBe(true);
  });
});
