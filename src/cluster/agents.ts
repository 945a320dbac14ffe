/** Kept-alive connections to one API server: one pool for calls, one for streams, made anew when the client certificate changes. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'

import type { Identity } from './credentials.js'
import { TunnelAgent } from './proxy.js'

export interface AgentSettings {
  secure: boolean
  ca?: string
  serverName?: string
  /** False where certificates are not checked. */
  verify: boolean
  proxy?: URL
  maxSockets: number
}

type Pools = Record<'calls' | 'streams', HttpAgent>

export class AgentPool {
  private pools: Pools | undefined
  private cert: string | undefined

  constructor(private readonly settings: AgentSettings) {}

  /** The agent for an identity. */
  agent(identity: Identity, kind: keyof Pools): HttpAgent {
    if (!this.pools || identity.cert !== this.cert) {
      // Connections of the old identity end when their requests do.
      this.cert = identity.cert
      this.pools = { calls: this.make(identity, this.settings.maxSockets), streams: this.make(identity, Infinity) }
    }
    return this.pools[kind]
  }

  destroy(): void {
    this.pools?.calls.destroy()
    this.pools?.streams.destroy()
    this.pools = undefined
  }

  private make(identity: Identity, maxSockets: number): HttpAgent {
    const { secure, ca, serverName, verify, proxy } = this.settings
    const common = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets, scheduling: 'lifo' } as const
    if (!secure) return new HttpAgent(common)
    const options: AgentOptions = {
      ...common,
      // Set either way, so that NODE_TLS_REJECT_UNAUTHORIZED has no say.
      rejectUnauthorized: verify,
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(identity.cert === undefined ? {} : { cert: identity.cert, key: identity.key }),
    }
    return proxy ? new TunnelAgent(proxy, options) : new HttpsAgent(options)
  }
}
