import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { MAX_TOKEN_LENGTH, SealedTokens } from './sealed-tokens.js';
import { StateCipher } from './state-cipher.js';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('SealedTokens', () => {
  const key = randomBytes(32);
  const tokens = new SealedTokens(new StateCipher(key));
  const binding = ['demo', 'ann'];
  const token = tokens.issue('page', 'row 40', binding, 60);

  it.each(['', 'row 40', '["dbo","Größe"]', 'a.b.c', '日本 🗾', '\u0000'])('returns the payload %j', payload => {
    expect(tokens.verify('page', tokens.issue('page', payload, binding, 60), binding)).toBe(payload);
  });

  it('verifies in every process that has the same STATE_KEY, and in no other', () => {
    expect(new SealedTokens(new StateCipher(key)).verify('page', token, binding)).toBe('row 40');
    expect(new SealedTokens(new StateCipher(randomBytes(32))).verify('page', token, binding)).toBeUndefined();
  });

  it('refuses a token for another purpose', () => {
    expect(tokens.verify('confirm', token, binding)).toBeUndefined();
  });

  it.each([[['demo', 'bob']], [['demo']], [['demo', 'ann', '']], [['demoann']], [['ann', 'demo']], [[]]])(
    'refuses a token with the binding %j',
    other => {
      expect(tokens.verify('page', token, other)).toBeUndefined();
    },
  );

  it('keeps purpose, payload and binding apart', () => {
    expect(tokens.verify('page', tokens.issue('page', '', ['a', 'b'], 60), ['a","b'])).toBeUndefined();
    expect(tokens.verify('page demo', tokens.issue('page', '', ['demo'], 60), [])).toBeUndefined();
  });

  it('names in the token nothing that it is bound to', () => {
    expect(token).not.toContain('ann');
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('ann');
  });

  it('refuses a token in which any character was replaced', () => {
    const forged = [...token].flatMap((own, index) =>
      [...BASE64URL, '.', '=', '+', ' ']
        .filter(character => character !== own)
        .map(character => token.slice(0, index) + character + token.slice(index + 1)),
    );
    expect(forged.filter(text => tokens.verify('page', text, binding) !== undefined)).toEqual([]);
  });

  it('refuses a payload and an expiry that the MAC was not made for', () => {
    const [payload = '', expiry = '', mac = ''] = token.split('.');
    const later = (parseInt(expiry, 36) + 60).toString(36);
    for (const forged of [`${payload}.${later}.${mac}`, `${payload}.0.${mac}`, `${payload}.0${expiry}.${mac}`]) {
      expect(tokens.verify('page', forged, binding)).toBeUndefined();
    }
    const other = tokens.issue('page', 'row 41', binding, 60).split('.')[0];
    expect(tokens.verify('page', `${other}.${expiry}.${mac}`, binding)).toBeUndefined();
  });

  it('refuses what is malformed', () => {
    const [payload = '', expiry = '', mac = ''] = token.split('.');
    for (const malformed of [
      '',
      '.',
      '..',
      'nonsense',
      payload,
      `${payload}.${expiry}`,
      `${payload}.${expiry}.`,
      `${payload}..${mac}`,
      `${payload}.${expiry}.${mac.slice(0, -1)}`,
      `${payload}.${expiry.toUpperCase()}.${mac}`,
      `${payload}.-${expiry}.${mac}`,
      `${token}.${mac}`,
      `${payload}.${expiry}.${'é'.repeat(22)}`,
    ]) {
      expect([malformed, tokens.verify('page', malformed, binding)]).toEqual([malformed, undefined]);
    }
  });

  it('refuses what a decoder would overlook: padding, white space, another alphabet', () => {
    const [payload = '', expiry = '', mac = ''] = token.split('.');
    for (const padded of [
      `${token}=`,
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      `${token}x`,
      `${payload}=.${expiry}.${mac}`,
      `${payload}+.${expiry}.${mac}`,
    ]) {
      expect([padded, tokens.verify('page', padded, binding)]).toEqual([padded, undefined]);
    }
  });

  it('refuses a text that is longer than a token can be', () => {
    expect(tokens.verify('page', `${'A'.repeat(MAX_TOKEN_LENGTH)}${token}`, binding)).toBeUndefined();
    expect(() => tokens.issue('page', 'x'.repeat(MAX_TOKEN_LENGTH), binding, 60)).toThrow('too long');
  });

  describe('as time passes', () => {
    beforeEach(() => void jest.useFakeTimers({ now: 1_800_000_000_000 }));
    afterEach(() => void jest.useRealTimers());

    it('accepts a token until it expires', () => {
      const short = tokens.issue('page', 'x', binding, 60);
      jest.setSystemTime(1_800_000_060_000);
      expect(tokens.verify('page', short, binding)).toBe('x');
      jest.setSystemTime(1_800_000_061_000);
      expect(tokens.verify('page', short, binding)).toBeUndefined();
    });

    it('gives the same text for a token that does not expire, and accepts it later', () => {
      const lasting = tokens.issue('list', '100', ['tools']);
      jest.setSystemTime(2_800_000_000_000);
      expect(tokens.verify('list', lasting, ['tools'])).toBe('100');
      expect(tokens.issue('list', '100', ['tools'])).toBe(lasting);
    });
  });
});
