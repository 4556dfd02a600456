import { createECDH, createHash, hkdfSync } from 'node:crypto';
import type { JWK } from 'oidc-provider';

/** Order of P-256: a private key is a number below it. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/**
 * The tenant's ES256 key, which signs ID tokens (access tokens are opaque). It is derived from STATE_KEY and the
 * issuer: every replica has the same key, each tenant has its own, and nothing has to be stored.
 */
export function signingKey(secret: Buffer, issuer: string): JWK {
  for (let attempt = 0; ; attempt++) {
    const d = Buffer.from(hkdfSync('sha256', secret, issuer, `ES256 signing key ${attempt}`, 32));
    const number = BigInt(`0x${d.toString('hex')}`);
    if (number === 0n || number >= ORDER) continue;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(d);
    const point = curve.getPublicKey();
    const x = point.subarray(1, 33).toString('base64url');
    const y = point.subarray(33, 65).toString('base64url');
    // RFC 7638 §3: the thumbprint's members in this order.
    const kid = createHash('sha256')
      .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
      .digest('base64url');
    return { kty: 'EC', crv: 'P-256', x, y, d: d.toString('base64url'), kid, use: 'sig', alg: 'ES256' };
  }
}
