import { bytesOf, countThatFits, cutText } from './page-size.js';

describe('the size of a page', () => {
  it('counts the items that fit, in bytes of UTF-8, and always at least one', () => {
    const items = ['aaaa', 'bbbb', '漢漢', 'x'.repeat(100), 'c'];
    expect(bytesOf('漢漢')).toBe(8);
    expect(bytesOf('😀')).toBe(10);
    expect(countThatFits(items, 0, 14)).toBe(2);
    expect(countThatFits(items, 2, 15)).toBe(1);
    expect(countThatFits(items, 3, 15)).toBe(1);
    expect(countThatFits(items, 4, 15)).toBe(1);
    expect(countThatFits(items, 5, 15)).toBe(0);
  });

  it('cuts a long text between characters, and says how long it was', () => {
    expect(cutText('short', 5)).toBe('short');
    expect(cutText('longer', 3)).toBe('lon… [cut: 6 characters in all]');
    expect(cutText('ab😀cd', 3)).toBe('ab… [cut: 6 characters in all]');
  });
});
