import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventEmitter, once } from 'node:events';
import express, { type Request } from 'express';
import { addressList } from './address-list.js';
import { addressOf, clientAddress, networkOf, noteAddress, trustProxy } from './client-address.js';

const app = express().set('trust proxy', trustProxy(addressList(['127.0.0.1', '10.0.0.0/8'])));

/** A request as Express makes it, from this socket address. */
function requestFrom(remoteAddress: string | undefined, forwarded?: string): Request {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return Object.assign(Object.create(app.request) as Request, { socket: { remoteAddress }, headers });
}

describe('the address of a client', () => {
  const hops = (count: number): string => Array.from({ length: count }, (_, n) => `10.0.0.${n + 1}`).join(', ');

  it.each([
    ['203.0.113.5', undefined, '203.0.113.5'],
    // The header of an untrusted peer is ignored.
    ['203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    // What stands left of the first untrusted address was written by an unknown peer.
    ['127.0.0.1', '1.2.3.4, 198.51.100.1, 10.0.0.7', '198.51.100.1'],
    ['127.0.0.1', '10.0.0.8, 10.0.0.7', '10.0.0.8'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['127.0.0.1', 'rubbish', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1, rubbish', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1, rubbish, 10.0.0.7', '10.0.0.7'],
    ['127.0.0.1', '198.51.100.1, 127.1', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1:4711', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', ', ,', '127.0.0.1'],
    ['127.0.0.1', `198.51.100.1, ${hops(9)}`, '198.51.100.1'],
    // Only ten hops are read.
    ['127.0.0.1', `198.51.100.1, ${hops(10)}`, '10.0.0.1'],
    ['127.0.0.1', `198.51.100.1, ${hops(12)}`, '10.0.0.3'],
    [undefined, undefined, 'unknown'],
    [undefined, '198.51.100.1', 'unknown'],
  ])('%s with X-Forwarded-For %s is %s', (socket, forwarded, expected) =>
    expect(clientAddress(requestFrom(socket, forwarded))).toBe(expected),
  );

  it.each([
    ['is kept when it was noted while the connection was open', true, '198.51.100.1'],
    ['is unknown when it is first asked for after the connection was closed', false, 'unknown'],
  ])('%s', async (_title, atOnce, expected) => {
    const seen: Request[] = [];
    const closed = new EventEmitter();
    const listening = express().set('trust proxy', trustProxy(addressList(['127.0.0.1'])));
    const server = createServer(
      listening.use((req, res) => {
        seen.push(req);
        if (atOnce) noteAddress(req);
        req.socket.once('close', () => closed.emit('close'));
        res.flushHeaders();
      }),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sent = httpRequest({ port, agent: false, headers: { 'x-forwarded-for': '198.51.100.1' } }).end();
    sent.once('response', () => sent.destroy());
    await once(closed, 'close');
    server.close();
    const [req] = seen as [Request];
    if (!atOnce) noteAddress(req);
    expect(addressOf(req)).toBe(expected);
  });

  it('is unknown for a request that nobody noted', () => {
    expect(addressOf({})).toBe('unknown');
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['::ffff:cb00:7105', '203.0.113.5'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));

  it('has the prefix length that is asked for', () => {
    expect(networkOf('2001:db8:1:2::1', 48)).toBe('2001:db8:1::/48');
    expect(networkOf('2001:db8:1:3::1', 48)).toBe('2001:db8:1::/48');
    expect(networkOf('2001:db8:2:3::1', 48)).toBe('2001:db8:2::/48');
    expect(networkOf('203.0.113.5', 48)).toBe('203.0.113.5');
  });
});
