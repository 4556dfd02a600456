import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

interface Noted {
  clientAddress?: string;
}

/** How many entries of X-Forwarded-For are read, from the right. */
const MAX_HOPS = 10;

/** The value of Express's setting `trust proxy`: which peers may name the address before theirs in X-Forwarded-For. */
export function trustProxy(
  isTrusted: (address: string | undefined) => boolean,
): (address: string | undefined, hop: number) => boolean {
  return (address, hop) => hop < MAX_HOPS && isTrusted(address);
}

/**
 * The last address, from the right, that no trusted proxy has: Express's `req.ip`, or the hop before it where a proxy
 * wrote something that is no address. When the socket is closed, its address is gone.
 */
export function clientAddress(req: Pick<Request, 'ips' | 'socket'>): string {
  return req.ips.find(address => isIP(address) !== 0) ?? req.socket.remoteAddress ?? 'unknown';
}

/** Stores the address while the connection is open: oidc-provider's events may come after its end. */
export function noteAddress(req: Request): void {
  (req as Noted).clientAddress = clientAddress(req);
}

/** The stored address of a request. The contexts of oidc-provider hold the same request object. */
export function addressOf(req: object): string {
  return (req as Noted).clientAddress ?? 'unknown';
}

/** A provider gives a customer up to a /48. */
const CUSTOMER_PREFIX_BITS = 48;

/**
 * The network that limits are counted for: an IPv4 address, or an IPv6 prefix, because a provider gives each customer a
 * whole /64 or more. An IPv4-mapped IPv6 address counts as IPv4.
 */
export function networkOf(address: string, ipv6PrefixBits = 64): string {
  if (isIP(address) === 0) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  // Without the zone: `fe80::1%eth0` is the same host as `fe80::1`.
  const plain = new ipaddr.IPv6(parsed.parts).toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${plain}/${ipv6PrefixBits}`).toString()}/${ipv6PrefixBits}`;
}

/** As `networkOf`, but an IPv6 customer with many /64 counts as one network. */
export function customerNetworkOf(address: string): string {
  return networkOf(address, CUSTOMER_PREFIX_BITS);
}
