import type { RequestHandler } from 'express';
import { addressList } from './address-list.js';

interface Noted {
  clientCertificate?: string;
}

/** The request header in which a proxy that terminates TLS sends the fingerprint of the client certificate it verified. */
export const CERTIFICATE_HEADER = 'x-client-certificate-fingerprint';
/** SHA-1 (nginx's $ssl_client_fingerprint) or SHA-256, in hex. */
const FINGERPRINT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/**
 * Stores the fingerprint that a trusted proxy sends for the certificate of its client, and removes the header. The header
 * of any other sender is ignored. A trusted proxy that sends something else than a fingerprint gets 400.
 */
export function clientCertificate(trustedProxies: readonly string[]): RequestHandler {
  const isTrusted = addressList(trustedProxies);
  return (req, res, next) => {
    const stated = req.headersDistinct[CERTIFICATE_HEADER];
    delete req.headers[CERTIFICATE_HEADER];
    if (stated === undefined || !isTrusted(req.socket.remoteAddress)) return next();
    const [fingerprint = ''] = stated;
    if (stated.length !== 1 || !FINGERPRINT.test(fingerprint)) {
      res.status(400).json({
        error: 'BAD_REQUEST',
        message: 'X-Client-Certificate-Fingerprint must be one SHA-1 or SHA-256 fingerprint in hex.',
      });
      return;
    }
    (req as Noted).clientCertificate = fingerprint.toLowerCase();
    next();
  };
}

/** The fingerprint of the verified certificate that a request came with, in lower-case hex. */
export function certificateOf(req: object): string | undefined {
  return (req as Noted).clientCertificate;
}
