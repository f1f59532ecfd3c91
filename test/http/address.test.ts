import { expect, test } from 'bun:test'
import { createAddressId, networkOf, siteOf } from '../../src/http/address.ts'

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

test('a network has one name wherever it is logged, another under another secret, and nothing of it in the name', () => {
  const [here, elsewhere] = [createAddressId('s1'), createAddressId('s2')]
  expect(here('192.0.2.1')).toBe(createAddressId('s1')('192.0.2.1'))
  const names = [here('192.0.2.1'), here('192.0.2.2'), here('2001:db8:0:0::/64'), elsewhere('192.0.2.1')]
  expect(new Set(names).size).toBe(4)
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{16}$/)
})
