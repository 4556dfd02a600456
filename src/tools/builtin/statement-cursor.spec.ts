import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { QueryResult } from '../../database/driver/result-set.js';
import { SealedTokens } from '../../state/sealed-tokens.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { ToolCall } from '../tool.js';
import { readInput } from './sql-input.js';
import { statementBinding, StatementCursor } from './statement-cursor.js';

const QUERY = 'SELECT n FROM t ORDER BY n';
const callOf = (tenant: string, subject: string): ToolCall => ({ principal: { tenant, subject } }) as ToolCall;
const ann = callOf('demo', 'ann');

function resultOf(rows: number, truncatedBy?: 'rows' | 'bytes', document = false): QueryResult {
  const set = { columns: [{ name: 'n', type: 'int', document }], rows: Array.from({ length: rows }, (_, n) => [n]) };
  return { resultSets: [{ ...set, ...(truncatedBy && { truncatedBy }) }] } as unknown as QueryResult;
}

describe('StatementCursor', () => {
  const cursors = new StatementCursor(new SealedTokens(new StateCipher(randomBytes(32))));
  const binding = () => statementBinding(ann, QUERY, { top: 5 });
  const refused = { code: 'INVALID_ARGUMENT', details: { parameter: 'cursor' } };
  const cursorAfter = (rows: number): string =>
    String(cursors.nextOf(resultOf(rows, 'rows'), 0, 1_000_000, binding).next_cursor);

  it('skips nothing without a cursor', () => {
    expect(cursors.skipOf(undefined, binding)).toBe(0);
  });

  it('skips the rows of all earlier pages', () => {
    expect(cursors.skipOf(cursorAfter(40), binding)).toBe(40);
    const { next_cursor } = cursors.nextOf(resultOf(25, 'bytes'), 40, 1_000_000, binding);
    expect(cursors.skipOf(next_cursor, binding)).toBe(65);
  });

  it('makes a cursor that the tools accept', () => {
    const { next_cursor: cursor } = cursors.nextOf(resultOf(1, 'rows'), 999_999_999, 2_000_000_000, binding);
    expect(readInput.safeParse({ query: QUERY, cursor }).success).toBe(true);
  });

  it('gives no cursor after a complete result, several result sets, or a document', () => {
    const two = {
      resultSets: [...resultOf(1, 'rows').resultSets, ...resultOf(1).resultSets],
    } as unknown as QueryResult;
    for (const result of [resultOf(3), two, resultOf(1, 'bytes', true)]) {
      expect(cursors.nextOf(result, 0, 1_000_000, binding)).toEqual({});
    }
  });

  it('says that the query must be narrowed if a cursor would skip too many rows', () => {
    expect(cursors.nextOf(resultOf(11, 'rows'), 90, 100, binding)).toEqual({ note: expect.stringContaining('narrow') });
  });

  it.each([
    ['statement', statementBinding(ann, `${QUERY} DESC`, { top: 5 })],
    ['value of a parameter', statementBinding(ann, QUERY, { top: 6 })],
    ['set of parameters', statementBinding(ann, QUERY)],
    ['tenant', statementBinding(callOf('production', 'ann'), QUERY, { top: 5 })],
    ['person', statementBinding(callOf('demo', 'bob'), QUERY, { top: 5 })],
  ])('refuses a cursor of another %s', (_what, other) => {
    expect(() => cursors.skipOf(cursorAfter(40), () => other)).toThrow(expect.objectContaining(refused) as Error);
  });

  it('refuses a cursor after an hour', () => {
    const cursor = cursorAfter(40);
    jest.useFakeTimers({ now: Date.now() + 3_602_000 });
    try {
      expect(() => cursors.skipOf(cursor, binding)).toThrow('older than an hour');
    } finally {
      jest.useRealTimers();
    }
  });
});
