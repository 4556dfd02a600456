import type { IncomingMessage } from 'node:http';
import { addressList } from './address-list.js';
import { addressKey, clientAddress } from './client-address.js';

const trusted = addressList(['127.0.0.1', '10.0.0.0/8']);
const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    ['203.0.113.5', undefined, '203.0.113.5'],
    // From a stranger the header is not believed.
    ['203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    // What stands left of the first untrusted address was written by somebody unknown.
    ['127.0.0.1', '1.2.3.4, 198.51.100.1, 10.0.0.7', '198.51.100.1'],
    ['127.0.0.1', 'rubbish', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
  ])('%s with X-Forwarded-For %s is %s', (socket, forwarded, expected) =>
    expect(clientAddress(request(socket, forwarded), trusted)).toBe(expected),
  );

  it('counts a whole IPv6 /64 as one', () => {
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(addressKey('2001:db8:1:2:ffff::1'));
    expect(addressKey('2001:db8:1:2::1')).not.toBe(addressKey('2001:db8:1:3::1'));
    expect(addressKey('203.0.113.5')).toBe('203.0.113.5');
  });
});
