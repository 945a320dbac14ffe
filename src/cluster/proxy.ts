/** The HTTP proxy between here and the API server: the kubeconfig's `proxy-url`, else HTTPS_PROXY with NO_PROXY. */
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest, type AgentOptions, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls'

import { ArbError } from '../base/errors.js'
import { bareHost, isExcludedFromProxy, isLocalHost, portOf } from '../base/no-proxy.js'

type Env = Record<string, string | undefined>

/** The proxy for a server, or undefined. As in Go, the environment's proxy is never used for localhost. */
export function proxyFor(server: URL, { proxyUrl, env }: { proxyUrl?: string | undefined; env: Env }): URL | undefined {
  if (proxyUrl !== undefined) return parseProxy(proxyUrl, 'proxy-url in the kubeconfig')
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = env[name] ?? env[name.toLowerCase()]
  if (!value || isLocalHost(bareHost(server)) || isExcludedFromProxy(server, env.NO_PROXY ?? env.no_proxy ?? ''))
    return undefined
  return parseProxy(value.includes('://') ? value : `http://${value}`, name)
}

function parseProxy(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  const problem = url ? `has the scheme ${url.protocol.replace(':', '')}` : 'is not a URL'
  throw new ArbError({
    code: 'ARB_KUBECONFIG_INVALID',
    message: `${where} ${problem}; an http:// or https:// proxy is supported`,
    hints: ['Use an HTTP proxy, or reach the API server directly.'],
  })
}

/** An agent whose connections go through the proxy by CONNECT, with TLS to the API server inside. */
export class TunnelAgent extends Agent {
  constructor(
    private readonly proxy: URL,
    options: AgentOptions,
  ) {
    super(options)
  }

  // Node's own agent calls this with a callback where no socket is returned at once.
  override createConnection(options: RequestOptions, done?: (error: Error | null, socket: Duplex) => void): undefined {
    const finish = done as (error: Error | null, socket?: Duplex) => void
    const target = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`
    const send = this.proxy.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send({
      host: bareHost(this.proxy),
      port: portOf(this.proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(this.proxy) },
      agent: false,
    })
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) return finish(null, tlsConnect({ ...(options as ConnectionOptions), socket }))
      socket.destroy()
      finish(
        Object.assign(new Error(`the proxy ${this.proxy.host} answered CONNECT with ${response.statusCode}`), {
          code: 'ARB_PROXY',
        }),
      )
    })
    request.on('error', (error) => {
      finish(
        Object.assign(new Error(`the proxy ${this.proxy.host} did not answer`), { code: 'ARB_PROXY', cause: error }),
      )
    })
    request.end()
    return undefined
  }
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (!proxy.username) return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
