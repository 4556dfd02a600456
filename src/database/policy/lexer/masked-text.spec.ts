import { describe, expect, it } from '@jest/globals';
import { maskedText } from './masked-text.js';

describe('a masked statement', () => {
  it.each([
    ["SELECT a FROM t WHERE b = N'x' AND c > -1.5e3", 'SELECT a FROM t WHERE b = ? AND c > -?'],
    ["SELECT 'it''s', $12, 0xFF, [a 'b'], @p", "SELECT ?, ?, ?, [a 'b'], @p"],
    ['SELECT "a" -- the password is x\n/* 4711 */ FROM t', 'SELECT ? FROM t'],
    ["[Shop].[dbo].[t].[c]=N'x'", '[Shop].[dbo].[t].[c]=?'],
    ['SELECT n\t,N FROM t', 'SELECT n ,N FROM t'],
  ])('has no values: %s', (text, masked) => {
    expect(maskedText(text)).toBe(masked);
  });

  it.each(["SELECT 'x", 'SELECT [x', 'SELECT 1 /* x', 'SELECT 1 -- a\rb', 'SELECT \u201cx\u201d'])(
    'is left out when its end is uncertain: %j',
    text => {
      expect(maskedText(text)).toBeUndefined();
    },
  );
});
