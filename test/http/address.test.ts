import { expect, test } from 'bun:test'
import { networkOf, siteOf } from '../../src/http/address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0000:ffff::', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the address %s belongs to the network %s', (address, network) => expect(networkOf(address)).toBe(network))

test.each(['', 'unknown', '_hidden', '1.2.3', '1.2.3.4.5', '999.1.1.1', '1.2.3.4\r\nX: y', 'x'.repeat(9_000), ':::'])(
  'the text %j is not an IP address',
  (text) => expect(networkOf(text)).toBeUndefined(),
)

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['0:0:0:0::/64', '0:0:0::/48'],
])('the network %s belongs to the site %s', (network, site) => expect(siteOf(network)).toBe(site))
