import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AppError } from '../../../common/app-error.js';
import { ALLOWED } from '../fixtures/allowed-statements.fixture.js';
import { REFUSED } from '../fixtures/refused-statements.fixture.js';
import { FRAMED, REFUSED_SCRIPTS } from '../fixtures/scripts.fixture.js';
import { checkRead, StatementPolicy } from '../statement-policy.js';

const policy = new StatementPolicy();
const judged = (readOnly: boolean) =>
  ({
    tenant: {
      config: {
        readOnly,
        databases: [],
        allowMultipleStatements: false,
        allowThreePartNames: false,
        database: { database: 'TestDb' },
      },
    },
    principal: { access: {} },
  }) as unknown as Parameters<StatementPolicy['admitWrite']>[1];
const read = (script: string) => policy.admitRead(script, judged(true)).runnable;
const errorOf = (run: () => unknown): AppError => {
  try {
    run();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was refused');
};
const admits = (script: string): boolean => policy.admitIfRead(script, judged(true)) !== undefined;
const RULES = { allowMultipleStatements: false, allowThreePartNames: false, database: 'TestDb', access: {} };
/** Single spaces, and no spaces around line ends. */
const squeezed = (text: string) =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/(?: ?\n ?)+/g, '\n')
    .trim();

describe('a script', () => {
  it.each(FRAMED)('%j runs as %j', (script, runs, isolation = '') => {
    const runnable = read(script);
    expect(runnable.given).toBe(script);
    expect(squeezed(runnable.text)).toBe(squeezed(runs));
    expect(runnable.isolation).toBe(isolation);
    expect(runnable.setsOptions).toBe(isolation !== '' || /^SET (?:DATE|LANG)/.test(runs));
  });

  it.each(REFUSED_SCRIPTS)('%j is refused', script => {
    expect(errorOf(() => read(script))).toMatchObject({ code: 'READ_ONLY_VIOLATION' });
  });

  it('keeps the line of every part of its statement', () => {
    for (const [script] of FRAMED) {
      const { text } = read(script);
      expect(text.split('\n')).toHaveLength(script.split('\n').length);
      expect(text.split('\n').findIndex(line => /\bSELECT\b/i.test(line))).toBe(
        script.split('\n').findIndex(line => /\bSELECT\b/i.test(line)),
      );
    }
  });

  it('points at the line and column of the text that the caller sent', () => {
    const script = '```sql\nUSE TestDb\nGO\nSET NOCOUNT ON;\nSELECT 1\n  DELETE FROM t\n```';
    expect(errorOf(() => read(script))).toMatchObject({ details: { line: 6, column: 3, word: 'DELETE' } });
  });

  it('is admitted only if its statement is admitted without the frame', () => {
    const frames = [
      (sql: string) => `SET NOCOUNT ON; ${sql}`,
      (sql: string) => `USE [TestDb]\nGO\nSET DATEFORMAT dmy\n${sql}`,
      (sql: string) => `SET TRANSACTION ISOLATION LEVEL SNAPSHOT\n${sql}\nGO\n`,
      (sql: string) => '```sql\n' + sql + '\n```',
      (sql: string) => '```sql\nSET LANGUAGE German\nGO\n' + sql + '\nGO\n```',
    ];
    for (const frame of frames) {
      for (const sql of Object.values(REFUSED).flat()) {
        // A GO at the very end, or right after the settings, is a part of the frame.
        if (/\nGO(?: -- x)?\s*$|^GO\n/i.test(sql)) continue;
        expect([sql, admits(frame(sql))]).toEqual([sql, false]);
      }
      for (const sql of ALLOWED) {
        // A byte order mark may only be the first character; servers disagree about a lone carriage return.
        if (/\uFEFF|\r(?!\n)/.test(sql)) continue;
        expect([sql, admits(frame(sql))]).toEqual([sql, true]);
      }
    }
  });

  it('runs only what the policy has judged, whatever the text', () => {
    const piece = fc.constantFrom(
      'SET NOCOUNT ON',
      'SET DATEFIRST 1',
      'SET TRANSACTION ISOLATION LEVEL SNAPSHOT',
      'SET',
      'USE TestDb',
      'USE',
      'other',
      'GO',
      'SELECT 1',
      'SELECT',
      'DELETE t',
      '```sql',
      '```',
      '\n',
      '\r',
      '\r\n',
      ' ',
      ';',
      "'",
      '--',
      '/*',
      '*/',
      '[',
      ']',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const script = pieces.join(' ');
        let text: string;
        try {
          ({ text } = read(script));
        } catch {
          return;
        }
        expect([script, checkRead(text.replace(/^(?:SET DATEFIRST 1; )*/, ''), RULES)]).toEqual([script, undefined]);
      }),
      { numRuns: 5000 },
    );
  });

  it('runs in a tenant that writes, without NOCOUNT, which would hide the number of changed rows', () => {
    const write = (script: string) => policy.admitWrite(script, judged(false)).runnable;
    const script = 'USE TestDb\nGO\nSET NOCOUNT ON;\nDELETE FROM t WHERE a = 1\nGO';
    expect(squeezed(write(script).text)).toBe('DELETE FROM t WHERE a = 1');
    expect(write('SET TRANSACTION ISOLATION LEVEL SNAPSHOT; DELETE t')).toMatchObject({
      isolation: 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT;',
      setsOptions: true,
    });
    for (const refused of [
      'SET NOCOUNT ON; DELETE t; COMMIT',
      'DELETE t; SET NOCOUNT ON',
      'USE other; DELETE t',
      'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; DELETE t',
      'DELETE t\nGO\nDELETE u',
      'DELETE t\nGO 5',
      '```sql\nEXEC p\n```',
    ]) {
      expect(errorOf(() => write(refused))).toMatchObject({ code: 'STATEMENT_REFUSED' });
    }
  });

  it.each([
    ["SELECT 'Просто'", 'line 1, column 8)'],
    ["SET NOCOUNT ON;\nSELECT N'Это', 'Это', 'abc', n'Это'", 'line 2, column 16)'],
    ["SELECT N 'é'", 'column 10)'],
    [`SELECT ${"'é',".repeat(9)} 1`, 'column 16 and 6 more)'],
  ])('has a warning for a text without N in %j', (script, place) => {
    expect(read(script).warnings).toEqual([expect.stringContaining(place)]);
  });

  it.each(["SELECT N'Просто', 'abc', [Это] -- 'Это'", "SELECT N'it''s Это' AS Это"])(
    'has no warning for %j',
    script => {
      expect(read(script).warnings).toEqual([]);
    },
  );
});
