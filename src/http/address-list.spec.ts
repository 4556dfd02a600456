import { addressList } from './address-list.js';

describe('addressList', () => {
  const contains = addressList(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', 'fe80::/10']);

  it.each([
    '127.0.0.1',
    '10.255.0.7',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fd12:3456::7',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    'fe80::1%eth0',
  ])('contains %s', address => expect(contains(address)).toBe(true));

  it.each([
    undefined,
    '',
    'unknown',
    'rubbish',
    '127.0.0.2',
    '11.0.0.1',
    '::2',
    '::ffff:11.0.0.1',
    // Spellings of 127.0.0.1 and 10.0.0.1 that only some parsers understand.
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '010.0.0.1',
    ' 10.0.0.1',
    '10.0.0.1:80',
  ])('does not contain %p', address => expect(contains(address)).toBe(false));

  it('contains nothing when it is empty', () => {
    expect(addressList([])('127.0.0.1')).toBe(false);
  });
});
