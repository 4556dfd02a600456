import { describe, expect, it } from '@jest/globals';
import { shortenedRow } from './row-shortener.js';

const LONG = 'x'.repeat(4_000);

describe('a row with long texts', () => {
  const shorten = (row: Parameters<typeof shortenedRow>[0], maxBytes: number) => {
    const limit = { maxBytes: 0, cutCells: 0 };
    const short = shortenedRow(row, maxBytes, limit);
    const bytes = short.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? Buffer.byteLength(JSON.stringify(cell)) : 0), 0); // prettier-ignore
    return { short, bytes, cut: limit.cutCells };
  };

  it('stays as it is when its texts fit', () => {
    const row = [1, LONG, 'y', null, LONG, true];
    expect(shorten(row, 8_100).short).toEqual(row);
    expect(shorten(row, 30_000).short).toBe(row);
  });

  it('has its longest texts shortened to the same length, and keeps the others', () => {
    const { short, bytes, cut } = shorten([1, LONG, 'y'.repeat(300), null, LONG, LONG], 6_000);
    expect(bytes).toBeLessThanOrEqual(6_000);
    expect(bytes).toBeGreaterThan(5_700);
    expect(cut).toBe(3);
    expect(short[2]).toBe('y'.repeat(300));
    expect(short[1]).toMatch(/^x+… \[cut: 4000 characters in all\]$/);
    expect(new Set([short[1], short[4], short[5]]).size).toBe(1);
  });

  it('says of a text that was cut before how long it is, and counts it once', () => {
    const cutBefore = `${LONG}… [cut: 90000 characters in all]`;
    const { short, cut } = shorten([cutBefore, LONG], 2_000);
    expect(short[0]).toMatch(/^x{900,}… \[cut: 90000 characters in all\]$/);
    expect(cut).toBe(1);
  });

  it.each(['"\\', '\n\u0001', 'é☃😀'])('fits whatever it is made of: %j', piece => {
    const { short, bytes } = shorten([piece.repeat(2_000), piece.repeat(2_000)], 3_000);
    expect(bytes).toBeLessThanOrEqual(3_000);
    expect(short[0]).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('stays as it is when its texts are too many to be shortened', () => {
    const row = Array.from({ length: 200 }, () => 'z'.repeat(200));
    expect(shorten(row, 8_000)).toMatchObject({ short: row, cut: 0 });
  });
});
