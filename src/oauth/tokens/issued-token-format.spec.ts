import { isIssuedToken, newIssuedToken } from './issued-token-format.js';

describe('an issued token', () => {
  const tokens = Array.from({ length: 200 }, newIssuedToken);

  it('has a form that secret scanners can find, and is never the same', () => {
    for (const token of tokens) expect(token).toMatch(/^mssqlmcp_[0-9A-Za-z]{49}$/);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('is told from a text with a wrong checksum', () => {
    for (const token of tokens) {
      expect(isIssuedToken(token)).toBe(true);
      const other = token.at(20) === 'x' ? 'y' : 'x';
      expect(isIssuedToken(`${token.slice(0, 20)}${other}${token.slice(21)}`)).toBe(false);
    }
    for (const text of ['', 'mssqlmcp_', `${tokens[0]}x`, ` ${tokens[0]}`, 'A'.repeat(43)])
      expect(isIssuedToken(text)).toBe(false);
  });
});
