import type { RequestHandler } from 'express';
import { LOOPBACK_HOSTS } from '../common/loopback.js';

/** Probes use the address of a pod or a container. */
const HEALTH = /^(?:\/[a-z0-9-]+)?\/health(?:\/(?:live|ready))?(?:\?|$)/;

/**
 * Refuses requests for another host: a page that rebinds its own DNS name to our address sends that name in Host
 * (MCP basic/transports, "Security Warning"). The host of PUBLIC_URL and the loopback names are accepted.
 */
export function hostMiddleware(publicUrl: string): RequestHandler {
  const own = new URL(publicUrl).host;
  return (req, res, next) => {
    const { host } = req.headers;
    // RFC 9112 §3.2: a second Host header is a client's error, or an attack on programs that read different ones.
    if ((req.headersDistinct['host']?.length ?? 0) > 1) {
      res.status(400).json({ error: 'BAD_REQUEST', message: 'There must be one Host header.' });
      return;
    }
    if (host === own || HEALTH.test(req.url) || isOurs(host, own)) return next();
    res.status(403).json({
      error: 'FORBIDDEN',
      message: 'The Host header names another server: this one is reached at its PUBLIC_URL.',
    });
  };
}

/** A name or an address, and a port (RFC 9110 §7.2); a URL parser would also accept `evil.example@127.0.0.1` and `127.1`. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

function isOurs(host: string | undefined, own: string): boolean {
  const name = HOST.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  // `mcp.example.com:443` is the same host: a URL omits the default port of its scheme.
  return LOOPBACK_HOSTS.has(name) || URL.parse(`https://${host}`)?.host === own;
}
