/** NO_PROXY as Go reads it: `*`, domains with their subdomains, `.sub` alone, addresses, CIDR ranges, each with or without a port. */
import { BlockList, isIP } from 'node:net'

/** The URL's host without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

/** The port that the URL names or that its scheme implies. */
export function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80')
}

/** True for this machine by its usual names; as in Go, the environment's proxy is never used for it. */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** True where the list says that the URL's host is reached directly. */
export function isExcludedFromProxy(url: URL, list: string): boolean {
  const host = bareHost(url).replace(/\.$/, '')
  const port = portOf(url)
  return list
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase())
    .some((entry) => entry !== '' && excludes(entry, host, port))
}

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inRange(entry, host)
  const withPort = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry)
  if (withPort && withPort[2] !== port) return false
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*\./, '.')
  if (isIP(name)) return name === host
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`)
}

function inRange(range: string, host: string): boolean {
  const [address = '', bits] = range.split('/')
  const family = isIP(address)
  if (!family || isIP(host) !== family || !/^\d+$/.test(bits ?? '') || Number(bits) > (family === 4 ? 32 : 128))
    return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const ranges = new BlockList()
  ranges.addSubnet(address, Number(bits), type)
  return ranges.check(host, type)
}
