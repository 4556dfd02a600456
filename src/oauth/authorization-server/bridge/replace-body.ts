import type { IncomingMessage } from 'node:http';

/**
 * Gives oidc-provider a body that was already read, and perhaps changed. It reads `req.iterator()` while `req.readable`
 * (`shared/selective_body.js`); a body in `req.body` works too, but it warns about that.
 */
export function replaceBody(req: IncomingMessage, body: Buffer, contentType: string): void {
  req.headers['content-type'] = contentType;
  req.headers['content-length'] = String(body.length);
  delete req.headers['transfer-encoding'];
  Object.defineProperty(req, 'readable', { value: true, configurable: true });
  Object.defineProperty(req, 'iterator', {
    configurable: true,
    value: async function* () {
      yield body;
    },
  });
}
