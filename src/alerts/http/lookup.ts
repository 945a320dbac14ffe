/** Names to addresses that a channel may speak to: every address is looked at before anything connects. */
import { isIP, type LookupFunction } from 'node:net'

import type { AddressLookup } from '@arbk8s/plugin-kit'

import { formatDuration } from '../../base/duration.js'
import { withinTime } from '../../base/wait.js'
import { isPrivateAddress } from './addresses.js'
import { connectionFailure, isSendFailure, sendFailure, type SendFailure } from './failure.js'

/** One address of a host. */
export interface HostAddress {
  address: string
  family: 4 | 6
}

/** All addresses of a name; the system's resolver unless a test has its own. */
export type Resolve = (hostname: string) => Promise<HostAddress[]>

/** Which addresses are allowed, and how names are resolved. */
export interface AddressPolicy {
  allowPrivate?: boolean
  resolve?: Resolve | undefined
}

/** What `createAddressLookup` works with. */
export interface AddressLookupOptions extends AddressPolicy {
  timeoutMs: number
  signal: AbortSignal
}

/** Names that stand for this machine or a cloud's metadata, wherever they are resolved. */
const privateNames = /^(localhost|.*\.localhost|localhost\.localdomain|ip6-localhost|metadata\.google\.internal)$/

/** The kit's lookup, for channels that speak another protocol than HTTP. */
export function createAddressLookup({ timeoutMs, signal, ...policy }: AddressLookupOptions): AddressLookup {
  return async (hostname) => {
    const limits = {
      ms: timeoutMs,
      signal,
      late: () => sendFailure(`${hostname}: its name was not resolved within ${formatDuration(timeoutMs)}`, false),
      interrupted: () => sendFailure(`${hostname}: interrupted`, true),
    }
    try {
      return await withinTime(() => allowedAddresses(hostname, policy), limits)
    } catch (error) {
      throw isSendFailure(error) ? error : connectionFailure(hostname, error)
    }
  }
}

/**
 * The addresses of a host, all of them allowed. One private address among public ones refuses the host: it would be a
 * matter of luck which one is spoken to.
 */
export async function allowedAddresses(hostname: string, policy: AddressPolicy): Promise<HostAddress[]> {
  const refusal = refusedName(hostname, policy)
  if (refusal) throw refusal
  const family = isIP(hostname)
  const addresses = family
    ? [{ address: hostname, family: family as 4 | 6 }]
    : await (policy.resolve ?? systemResolve)(hostname)
  if (addresses.length === 0) throw sendFailure(`${hostname}: its name has no address`, false)
  const inside = policy.allowPrivate ? undefined : addresses.find(({ address }) => isPrivateAddress(address))
  if (inside) throw refused(hostname, `its name leads to ${inside.address}, which is not a public address`)
  return addresses
}

/** Why a host is refused by its name alone, whoever would resolve it. */
export function refusedName(hostname: string, { allowPrivate }: AddressPolicy): SendFailure | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  if (allowPrivate) return undefined
  if (isIP(name) && isPrivateAddress(name)) return refused(hostname, 'it is not a public address')
  return privateNames.test(name) ? refused(hostname, 'it is a name of this machine or its host') : undefined
}

function refused(hostname: string, why: string): SendFailure {
  return sendFailure(`${hostname} is refused: ${why}. allow_private for the channel allows it.`, true)
}

/** The lookup of a connection: it connects to what was allowed here and asks nobody again. */
export function connectionLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, done) => {
    allowedAddresses(hostname, policy).then(
      (addresses) => {
        if (options.all) return done(null, addresses)
        const first = addresses[0]!
        done(null, first.address, first.family)
      },
      (error: Error) => done(error, '', 0),
    )
  }
}

async function systemResolve(hostname: string): Promise<HostAddress[]> {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(hostname, { all: true, verbatim: true })) as HostAddress[]
}
