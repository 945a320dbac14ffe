/** Which addresses are of this machine, a private network or no host at all. Pure. */
import { BlockList, isIP } from 'node:net'

const never4 = blockList(4, [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // The host agent and metadata of Azure's machines, though it is not in a private range.
  ['168.63.129.16', 32],
])

/** Of IPv6 only global unicast is public; within it are ranges that carry an IPv4 address or no host. */
const public6 = blockList(6, [['2000::', 3]])
const never6 = blockList(6, [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** IPv4 within IPv6, which reaches what the IPv4 address does: mapped, and by NAT64. */
const carriers = ['::ffff:', '64:ff9b::'].map((prefix) => ({ prefix, range: blockList(6, [[`${prefix}0.0.0.0`, 96]]) }))

/** True for whatever is not a public unicast address; also for text that is no address. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const family = isIP(bare)
  if (family === 4) return never4.check(bare, 'ipv4')
  if (family !== 6) return true
  if (carriers.some(({ range }) => range.check(bare, 'ipv6'))) return never4.check(carried(bare), 'ipv4')
  return !public6.check(bare, 'ipv6') || never6.check(bare, 'ipv6')
}

/** The IPv4 address in the last 32 bits. */
function carried(address: string): string {
  // The URL parser writes every form of an address as groups of hex digits.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::').pop()!.split(':')
  const [high = 0, low = 0] = [groups.at(-2), groups.at(-1)].map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function blockList(family: 4 | 6, ranges: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [address, bits] of ranges) list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list
}
