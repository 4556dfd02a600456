import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { StateCipher } from './state-cipher.js';

const MAC_BYTES = 16;

/**
 * Short tokens that a client hands back: cursors and confirmations. What a token is bound to (tenant, person, statement)
 * goes into its signature and not into the token, which keeps it small.
 */
@Injectable()
export class SignedTokens {
  private readonly key: Buffer;

  constructor(cipher: StateCipher) {
    this.key = cipher.derive('tool tokens');
  }

  /** `payload` holds neither dots nor secrets. */
  sign(purpose: string, payload: string, binding: readonly string[], ttlSeconds: number): string {
    const expiry = (Math.floor(Date.now() / 1000) + ttlSeconds).toString(36);
    return `${payload}.${expiry}.${this.mac(purpose, payload, expiry, binding).toString('base64url')}`;
  }

  /** The payload, or undefined for a token that is not ours, not for this, or too old. */
  verify(purpose: string, token: string, binding: readonly string[]): string | undefined {
    const [payload, expiry, mac, more] = token.split('.');
    if (payload === undefined || expiry === undefined || mac === undefined || more !== undefined) return undefined;
    const given = Buffer.from(mac, 'base64url');
    const expected = this.mac(purpose, payload, expiry, binding);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return parseInt(expiry, 36) * 1000 < Date.now() ? undefined : payload;
  }

  private mac(purpose: string, payload: string, expiry: string, binding: readonly string[]): Buffer {
    const text = JSON.stringify([purpose, payload, expiry, ...binding]);
    return createHmac('sha256', this.key).update(text).digest().subarray(0, MAC_BYTES);
  }
}
