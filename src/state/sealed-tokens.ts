import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { StateCipher } from './state-cipher.js';

const MAC_BYTES = 16;
/** Characters. A longer text is refused before it is looked at. */
export const MAX_TOKEN_LENGTH = 2_200;
/** Payload, expiry, MAC. */
const FORMAT = /^([\w-]*)\.([0-9a-z]{1,9})\.([\w-]{22})$/;
const NEVER = '0';

/**
 * Tokens that this server gives out and later takes back unchanged: cursors, confirmations, anti-forgery fields of forms.
 * A token is `payload.expiry.mac`. What it is bound to (tenant, person, statement …) goes into the MAC and not into the
 * token, which keeps it short. The payload is signed and not encrypted: it must not hold a secret.
 */
@Injectable()
export class SealedTokens {
  /** The first makes tokens, all verify them. */
  private readonly keys: readonly KeyObject[];

  constructor(cipher: StateCipher) {
    this.keys = cipher.deriveAll('sealed tokens').map(key => createSecretKey(key));
  }

  /** `purpose` separates the uses of tokens from each other. Without `ttlSeconds` the token does not expire. */
  issue(purpose: string, payload: string, binding: readonly string[], ttlSeconds?: number): string {
    const encoded = Buffer.from(payload).toString('base64url');
    const expiry = ttlSeconds === undefined ? NEVER : (nowSeconds() + ttlSeconds).toString(36);
    const [key] = this.keys;
    if (key === undefined) throw new Error('There is no key.');
    const token = `${encoded}.${expiry}.${mac(key, purpose, encoded, expiry, binding)}`;
    if (token.length > MAX_TOKEN_LENGTH) throw new Error(`A payload is too long for a token for "${purpose}".`);
    return token;
  }

  /** The payload; undefined when the token is not ours, has another purpose or binding, or has expired. */
  verify(purpose: string, token: string, binding: readonly string[]): string | undefined {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const [, encoded, expiry, sent] = FORMAT.exec(token) ?? [];
    if (encoded === undefined || expiry === undefined || sent === undefined) return undefined;
    // The MAC covers the encoded texts and is itself compared as text, so no second spelling of a token is accepted.
    const isOurs = this.keys.some(key =>
      timingSafeEqual(Buffer.from(sent), Buffer.from(mac(key, purpose, encoded, expiry, binding))),
    );
    if (!isOurs) return undefined;
    if (expiry !== NEVER && parseInt(expiry, 36) < nowSeconds()) return undefined;
    return Buffer.from(encoded, 'base64url').toString('utf8');
  }
}

function mac(key: KeyObject, purpose: string, encoded: string, expiry: string, binding: readonly string[]): string {
  // JSON, so that no two lists of strings give the same text.
  const text = JSON.stringify([purpose, encoded, expiry, ...binding]);
  return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES).toString('base64url');
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
