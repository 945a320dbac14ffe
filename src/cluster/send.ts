/** One HTTP request to the API server, up to the head of its answer. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'

import type { AgentPool } from './agents.js'
import type { Identity } from './credentials.js'
import { unreachable } from './network-errors.js'
import type { ApiRequest } from './transport.js'

export interface SendContext {
  server: URL
  agents: AgentPool
  userAgent: string
  signal: AbortSignal
  kind: 'calls' | 'streams'
}

/** Sends the request; ARB_CLUSTER_UNREACHABLE where no answer comes, `ambiguous` where the server may have had it. */
export function sendRequest(request: ApiRequest, identity: Identity, context: SendContext): Promise<IncomingMessage> {
  const { server, agents, userAgent, signal, kind } = context
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const isSecure = server.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? httpsRequest : httpRequest)({
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || (isSecure ? 443 : 80),
      method: request.method,
      path: server.pathname.replace(/\/+$/, '') + request.path + queryOf(request.query),
      agent: agents.agent(identity, kind),
      signal,
      headers: { ...headersOf(request, body), 'user-agent': userAgent, ...identity.headers },
    })
    // What never left this machine cannot have changed anything.
    let connected = false
    sent.on('socket', (socket) => {
      connected = sent.reusedSocket
      if (!connected) socket.once(isSecure ? 'secureConnect' : 'connect', () => (connected = true))
    })
    sent.on('response', resolve)
    sent.on('error', (error) => reject(unreachable(server, error, connected)))
    sent.end(body)
  })
}

/** Nothing compressed is asked for, so an answer's size is what it seems. */
function headersOf({ contentType = 'application/json' }: ApiRequest, body: string | undefined): OutgoingHttpHeaders {
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' }
  if (body === undefined) return headers
  return { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
}

function queryOf(query: ApiRequest['query']): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') parameters.set(key, String(value))
  return parameters.size === 0 ? '' : `?${parameters.toString()}`
}
