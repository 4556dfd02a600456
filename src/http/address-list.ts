import { BlockList, isIP } from 'node:net';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * A test for membership in a list of addresses and ranges (`10.0.0.0/8`, `::1`). An IPv4-mapped IPv6 address, as a
 * dual-stack socket reports it, counts as IPv4.
 */
export function addressList(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return address => address !== undefined && isIP(address) !== 0 && list.check(address, familyOf(address));
}
