import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

interface Noted {
  clientAddress?: string;
}

/** For `addressOf`: oidc-provider hands its own contexts on, and what they hold is our request. */
export function noteAddress(req: IncomingMessage, isTrusted: (address: string | undefined) => boolean): void {
  (req as Noted).clientAddress = clientAddress(req, isTrusted);
}

/** What was noted of a request to the authorization server or one of its pages. */
export function addressOf(req: object): string {
  return (req as Noted).clientAddress ?? 'unknown';
}

/** Who is at the other end: the last address in X-Forwarded-For that no trusted proxy has, or the socket's own. */
export function clientAddress(req: IncomingMessage, isTrusted: (address: string | undefined) => boolean): string {
  let address = req.socket.remoteAddress ?? 'unknown';
  const hops = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .slice(-10);
  while (isTrusted(address)) {
    const previous = hops.pop()?.trim() ?? '';
    if (isIP(previous) === 0) break;
    address = previous;
  }
  return address;
}

/** For limits: a whole IPv6 /64 is one customer. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6 || address.startsWith('::ffff:')) return address;
  const [left = '', right] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(Math.max(0, zeros)).fill('0'), ...tail].slice(0, 4).join(':');
}
