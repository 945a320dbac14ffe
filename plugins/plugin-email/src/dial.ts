/** A TCP connection to one of the addresses that the host allows, and to nothing else. */
import net from 'node:net'

import type { Limit } from './limit.js'

export interface Endpoint {
  address: string
  family: 4 | 6
}

/** Tries the addresses in turn, each with its share of the time that is left. Rejects with the last one's error. */
export async function dial(addresses: Endpoint[], port: number, limit: Limit): Promise<net.Socket> {
  let last: unknown = new Error('the host has no address')
  for (const [index, endpoint] of addresses.entries()) {
    try {
      return await connectTo(endpoint, port, { limit, ms: limit.left() / (addresses.length - index) })
    } catch (error) {
      limit.signal.throwIfAborted()
      last = error
    }
  }
  throw last
}

async function connectTo(
  { address, family }: Endpoint,
  port: number,
  { limit, ms }: { limit: Limit; ms: number },
): Promise<net.Socket> {
  const socket = net.connect({ host: address, family, port })
  let timer: NodeJS.Timeout | undefined
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
    timer = setTimeout(() => reject(new Error(`no connection to ${address} within ${Math.round(ms)} ms`)), ms)
  })
  try {
    await limit.race(connected)
    return socket
  } catch (error) {
    // The next owner of a good socket listens for its errors; this one has none.
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
