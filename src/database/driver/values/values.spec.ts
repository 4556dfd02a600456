import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assertExactValues } from '../exact-values.check.js';
import { codePageText, collationOf } from './code-page.js';
import { beginning, type CellLimit, cutText, hexText } from './cut-text.js';
import { dateText, datetimeoffsetText, datetimeText, timeText } from './date-text.js';
import { largeDecimal, shortestSingle, smallDecimal } from './decimal-text.js';

describe('decimals', () => {
  it.each([
    [12n, 2, 0.12],
    [150n, 2, 1.5],
    [0n, 10, 0],
    [99999999999999999999999999999999999999n, 0, '99999999999999999999999999999999999999'],
    [99999999999999999999999999999999999999n, 38, '0.99999999999999999999999999999999999999'],
    [1000000000000000000000n, 0, 1e21],
    [9007199254740993n, 0, '9007199254740993'],
    [9007199254740992n, 0, 9007199254740992],
    [123456789012345678n, 10, '12345678.9012345678'],
    [1n, 38, 1e-38],
    [10000000000000000000000000000000000001n, 37, '1.0000000000000000000000000000000000001'],
  ])('read %s with scale %s', (magnitude, scale, expected) => {
    expect(largeDecimal(magnitude, false, scale)).toBe(expected);
  });

  it('keep their value, as a number or as text', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 38n - 1n), fc.nat(38), fc.boolean(), (magnitude, scale, negative) => {
        const given = largeDecimal(magnitude, negative, scale);
        expect(toFraction(String(given))).toEqual(normal(negative ? -magnitude : magnitude, scale));
      }),
    );
  });

  it('are numbers wherever fifteen digits are enough', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999_999_999), fc.nat(20), (magnitude, scale) => {
        expect(typeof smallDecimal(magnitude, false, scale)).toBe('number');
      }),
    );
  });
});

/** digits × 10^-scale in lowest terms. */
function normal(digits: bigint, scale: number): readonly [bigint, number] {
  if (digits === 0n) return [0n, 0];
  while (digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return [digits, scale];
}

function toFraction(text: string): readonly [bigint, number] {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return normal(BigInt(whole + fraction), fraction.length - Number(exponent));
}

describe('real', () => {
  it.each([0.1, 3.4028235e38, 1.17549435e-38, 16777216, 1.1, -2.5, 1e-45])('reads %s as its shortest text', value => {
    const single = Math.fround(value);
    expect(Math.fround(shortestSingle(single))).toBe(single);
  });
  it('has at most nine digits and reads back unchanged', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
        const shown = shortestSingle(value);
        expect(Math.fround(shown)).toBe(value);
      }),
    );
  });
  it('shows 0.1 as 0.1', () => expect(shortestSingle(Math.fround(0.1))).toBe(0.1));
});

describe('dates', () => {
  it('agree with the calendar on every day of SQL Server', () => {
    fc.assert(
      fc.property(fc.nat(3_652_058), days => {
        const date = new Date(0);
        date.setUTCFullYear(1, 0, 1 + days);
        expect(dateText(days)).toBe(date.toISOString().slice(0, 10));
      }),
    );
    expect([dateText(0), dateText(3_652_058)]).toEqual(['0001-01-01', '9999-12-31']);
  });

  it('have as many digits as their scale', () => {
    expect(timeText(0, 0)).toBe('00:00:00');
    expect(timeText(863_999_999_999, 7)).toBe('23:59:59.9999999');
    expect(timeText(43_200_5, 1)).toBe('12:00:00.5');
  });

  it('show a datetime in milliseconds as SQL Server does', () => {
    expect([0, 1, 2, 3].map(n => datetimeText(0, n))).toEqual([
      '1900-01-01T00:00:00.000',
      '1900-01-01T00:00:00.003',
      '1900-01-01T00:00:00.007',
      '1900-01-01T00:00:00.010',
    ]);
    expect(datetimeText(-53_690, 25_919_999)).toBe('1753-01-01T23:59:59.997');
  });

  it('show a datetimeoffset in its local time, across midnight', () => {
    expect(datetimeoffsetText(1, 0, 0, -90)).toBe('0001-01-01T22:30:00-01:30');
    expect(datetimeoffsetText(0, 86_399, 0, 840)).toBe('0001-01-02T13:59:59+14:00');
  });
});

describe('long cells', () => {
  const limit = (maxBytes: number): CellLimit => ({ maxBytes, cutCells: 0 });

  it('are truncated between characters and state their length', () => {
    const eight = limit(8);
    expect(cutText('12345678', eight)).toBe('12345678');
    expect(cutText('äöü😀x', eight)).toBe('äöü… [cut: 6 characters in all]');
    expect(eight.cutCells).toBe(1);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, bytes) => {
        const kept = beginning(text, bytes);
        expect(text.startsWith(kept)).toBe(true);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(bytes);
        expect(kept.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('are hexadecimal for binary, of which 64 bytes are shown', () => {
    const bytes = Buffer.from(Array.from({ length: 65 }, (_, i) => i));
    const hex = bytes.toString('hex').toUpperCase();
    const wide = limit(1000);
    expect(hexText(Buffer.alloc(0), 0, wide)).toBe('0x');
    expect(hexText(Buffer.from('abc'), 3, wide)).toBe('0x616263');
    expect(hexText(bytes.subarray(0, 64), 64, wide)).toBe(`0x${hex.slice(0, 128)}`);
    expect(wide.cutCells).toBe(0);
    expect(hexText(bytes, 65, wide)).toBe(`0x${hex.slice(0, 128)}… [cut: 65 bytes in all]`);
    expect(wide.cutCells).toBe(1);
    expect(hexText(Buffer.from('abcdef'), 6, limit(8))).toBe('0x616263… [cut: 6 bytes in all]');
  });
});

it('gets exact values from the installed driver', () => {
  expect(() => assertExactValues()).not.toThrow();
});

describe('text in a code page', () => {
  // Collations as MS-TDS 2.2.5.1.2 lays them out: SQL_Latin1_General_CP1_CI_AS, Cyrillic_General, Japanese, Latin1 UTF-8.
  it.each([
    ['0904d00034', 'e9', 'é'],
    ['1904d00000', 'cce8f0', 'Мир'],
    ['1104d00000', '93fa967b', '日本'],
    ['0904002400', 'e697a5', '日'],
    // Bytes that have no letter in the code page.
    ['0904d00034', 'c381c390', 'Ã\u0081Ã\u0090'],
    ['1904d00000', '98', '\u0098'],
    ['0904d00034', '616263', 'abc'],
  ])('decodes collation 0x%s: 0x%s', (collation, hex, expected) => {
    expect(codePageText(Buffer.from(hex, 'hex'), collationOf(Buffer.from(collation, 'hex')))).toBe(expected);
  });
});
