/**
 * The one HTTP sender of alerts: one try within its deadline, no redirects, bounded answers, and no address that the
 * channel may not speak to. What it rejects with names host and port, never a path, a query or a header.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Socket } from 'node:net'

import type { HttpRequest, HttpResponse, HttpSender } from '@arbk8s/plugin-kit'
import type * as Undici from 'undici'

import { formatDuration } from '../../base/duration.js'
import { portOf } from '../../base/no-proxy.js'
import { joinedHeaders, readBounded } from './answer.js'
import { checkedUrl } from './checked-url.js'
import { connectionFailure, isSendFailure, sendFailure } from './failure.js'
import { type AddressPolicy, connectionLookup } from './lookup.js'
import { type Proxy, type ProxyEnv, proxyFor } from './proxy.js'
import { retryAfterSeconds } from './retry-after.js'

/** What `createHttpSender` works with. */
export interface HttpSenderOptions extends AddressPolicy {
  /** For connection, headers and body together, ms. */
  timeoutMs: number
  /** Certificates of authorities, PEM: these are trusted and no others. */
  ca?: string | undefined
  /** HTTPS_PROXY, HTTP_PROXY, NO_PROXY. */
  env?: ProxyEnv
  signal: AbortSignal
  /** The clock. */
  now?: () => Date
  /** The last look at whatever it rejects with. */
  mask?: (text: string) => string
  userAgent?: string
}

/** Headers that are the connection's own. */
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|te|trailer|expect|accept-encoding|proxy-.*)$/i

/** Loads what a sender sends with, so that the first try need not spend its time on that. */
export async function loadHttp(): Promise<void> {
  await import('undici')
}

/** The kit's sender for one channel. */
export function createHttpSender(options: HttpSenderOptions): HttpSender {
  const { mask = (text: string) => text } = options
  return async (request) => {
    try {
      return await tryOnce(request, options)
    } catch (error) {
      const failure = isSendFailure(error) ? error : connectionFailure('the request', error)
      throw sendFailure(mask(failure.message), failure.permanent)
    }
  }
}

async function tryOnce(request: HttpRequest, options: HttpSenderOptions): Promise<HttpResponse> {
  const url = checkedUrl(request.url, options)
  const headers = checkedHeaders(request.headers ?? {})
  const proxy = proxyFor(url, options.env ?? {})
  const place = `${url.hostname}:${portOf(url)}${proxy ? ` through the proxy ${proxy.place}` : ''}`
  const undici = await import('undici')
  const limit = deadline(place, options)
  const connection = connect(undici, proxy, options)
  limit.signal.addEventListener('abort', connection.destroy, { once: true })
  try {
    limit.signal.throwIfAborted()
    const answer = await undici.request(url, {
      method: request.method ?? 'POST',
      headers: { 'user-agent': options.userAgent ?? 'arbk8s', ...headers, 'accept-encoding': 'identity' },
      body: request.body ?? null,
      dispatcher: connection.dispatcher,
      signal: limit.signal,
      reset: true,
    })
    return await toResponse(answer, options)
  } catch (error) {
    const reason: unknown = limit.signal.aborted ? limit.signal.reason : error
    throw isSendFailure(reason) ? reason : connectionFailure(place, reason)
  } finally {
    limit.clear()
    connection.destroy()
  }
}

async function toResponse(answer: Undici.Dispatcher.ResponseData, { now }: HttpSenderOptions): Promise<HttpResponse> {
  const { statusCode: status } = answer
  const headers = joinedHeaders(answer.headers)
  // Closing the connection in the middle of a body ends the body with an error that is nobody's news.
  answer.body.on('error', () => undefined)
  return {
    status,
    headers,
    body: await readBounded(answer.body, headers),
    temporary: status >= 500 || [408, 425, 429].includes(status),
    retry_after_seconds: retryAfterSeconds(headers['retry-after'], now?.() ?? new Date()),
  }
}

function checkedHeaders(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      throw sendFailure(`the header ${JSON.stringify(name)} is not one that HTTP allows`, true)
    }
    if (ownHeaders.test(name)) throw sendFailure(`the header ${name} is the connection's own and cannot be set`, true)
  }
  return headers
}

/** Aborts with the failure to tell as its reason. */
function deadline(place: string, { timeoutMs, signal }: HttpSenderOptions): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController()
  const late = sendFailure(`${place} gave no whole answer within ${formatDuration(timeoutMs)}`, false)
  const timer = setTimeout(() => controller.abort(late), timeoutMs)
  const interrupt = (): void => controller.abort(sendFailure(`${place}: interrupted before an answer came`, true))
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  const clear = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
  return { signal: controller.signal, clear }
}

interface Connection {
  dispatcher: Undici.Dispatcher
  /** Closes it, also in the middle of connecting. */
  destroy(): void
}

/** A connection for one request, directly or through the proxy. */
function connect(undici: typeof Undici, proxy: Proxy | undefined, options: HttpSenderOptions): Connection {
  const { Agent, ProxyAgent, buildConnector } = undici
  // Set either way, so that NODE_TLS_REJECT_UNAUTHORIZED has no say.
  const tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, timeout: options.timeoutMs }
  const trust = options.ca === undefined ? tls : { ...tls, ca: options.ca }
  if (proxy) {
    const { url: uri, authorization } = proxy
    const token = authorization === undefined ? {} : { token: authorization }
    return withDestroy(new ProxyAgent({ uri, ...token, proxyTls: tls, requestTls: trust }), [])
  }
  const sockets: Socket[] = []
  const connector = buildConnector({ ...trust, lookup: connectionLookup(options) }) as (
    ...args: Parameters<Undici.buildConnector.connector>
  ) => Socket
  const dispatcher = new Agent({
    connections: 1,
    connect: (target, done) => void sockets.push(connector(target, done)),
  })
  return withDestroy(dispatcher, sockets)
}

function withDestroy(dispatcher: Undici.Dispatcher, sockets: Socket[]): Connection {
  const destroy = (): void => {
    void dispatcher.destroy().catch(() => undefined)
    for (const socket of sockets) socket.destroy()
  }
  return { dispatcher, destroy }
}
