/**
 * HTTP to the API server: keep-alive, raw JSON, one deadline over all tries of a call, bounded answers, no redirects.
 * Why our own: docs/decisions/0006-own-kubernetes-transport.md.
 */
import type { IncomingMessage } from 'node:http'

import type { ArbError } from '../base/errors.js'
import type { Masker } from '../base/masker.js'
import { sleep } from '../base/wait.js'
import { secretsInWorkload } from '../session/job-secrets.js'
import type { AgentPool } from './agents.js'
import { checkedJson, readAnswer } from './answer.js'
import { clusterDetails, type Subject } from './cluster-error.js'
import type { Credentials } from './credentials.js'
import { credentialLate, oddAnswer, timedOut } from './network-errors.js'
import { refused } from './refusals.js'
import { backOff } from './retry.js'
import { sendRequest } from './send.js'
import type { ClusterTarget } from './types.js'

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH'
  /** From the root of the API, segments already encoded, e.g. `/api/v1/pods`. */
  path: string
  query?: Record<string, string | number | boolean | undefined>
  /** Sent as JSON. */
  body?: unknown
  contentType?: string
  subject: Subject
  signal?: AbortSignal
  /** The kind that a JSON answer must have. */
  kind?: string
  /** Bytes of an answer; default 128 MiB. */
  maxBytes?: number
}

export interface ApiAnswer {
  status: number
  body: Record<string, unknown>
}

export interface Transport {
  readonly target: ClusterTarget
  readonly requestTimeoutMs: number
  /** The JSON answer. Reads are tried again while that may help and the deadline allows; writes are sent once. */
  json(request: ApiRequest): Promise<ApiAnswer>
  /** A text answer such as a log. */
  text(request: ApiRequest): Promise<string>
  /** An answer that goes on; the deadline is that of its first byte. The stream must be read to its end or destroyed. */
  stream(request: ApiRequest): Promise<IncomingMessage>
  /** Takes known secrets out of what was read, e.g. of a log that repeats one. */
  mask(text: string): string
  /** Closes idle connections. */
  close(): void
}

export interface TransportOptions {
  target: ClusterTarget
  server: URL
  credentials: Credentials
  agents: AgentPool
  requestTimeoutMs: number
  /** Aborts every call. */
  signal?: AbortSignal
  userAgent: string
  masker: Masker
}

const maxErrorBytes = 1024 * 1024

/** One try's context. */
interface Try {
  request: ApiRequest
  signal: AbortSignal
  /** True while the credential is waited for: then it is not the API server that is late. */
  atCredential?: boolean
}

/** A transport over the given connections and credentials. */
export function createTransport(options: TransportOptions): Transport {
  return new HttpTransport(options)
}

class HttpTransport implements Transport {
  readonly target: ClusterTarget
  readonly requestTimeoutMs: number

  constructor(private readonly options: TransportOptions) {
    this.target = options.target
    this.requestTimeoutMs = options.requestTimeoutMs
  }

  json(request: ApiRequest): Promise<ApiAnswer> {
    return this.withinDeadline(request, async (attempt) => {
      const { server } = this.options
      const response = await this.open(attempt, 'calls')
      const text = await readAnswer(response, server, request.maxBytes)
      const body = checkedJson(response, text, { server, kind: request.kind })
      this.addSecrets(body)
      return { status: response.statusCode ?? 0, body }
    })
  }

  text(request: ApiRequest): Promise<string> {
    return this.withinDeadline(request, async (attempt) => {
      const response = await this.open(attempt, 'calls')
      return readAnswer(response, this.options.server, request.maxBytes)
    })
  }

  /** A stream has no deadline but for its headers, and its own connections, so that many followers starve nobody. */
  async stream(request: ApiRequest): Promise<IncomingMessage> {
    const streaming = new AbortController()
    const outer = this.outerSignal(request)
    const onAbort = (): void => streaming.abort(outer.reason)
    if (outer.aborted) onAbort()
    outer.addEventListener('abort', onAbort, { once: true })
    const attempt: Try = { request, signal: streaming.signal }
    const late = setTimeout(() => streaming.abort(this.lateness(attempt)), this.requestTimeoutMs)
    try {
      const response = await this.open(attempt, 'streams')
      response.once('close', () => outer.removeEventListener('abort', onAbort))
      return response
    } catch (error) {
      outer.removeEventListener('abort', onAbort)
      throw streaming.signal.aborted ? streaming.signal.reason : error
    } finally {
      clearTimeout(late)
    }
  }

  mask(text: string): string {
    return this.options.masker.mask(text)
  }

  close(): void {
    this.options.agents.destroy()
  }

  /** What Jobs and pods carry as a secret, their logs and a server's complaints may repeat. */
  private addSecrets(object: unknown): void {
    for (const secret of secretsInWorkload(object)) this.options.masker.add(secret)
  }

  private lateness({ request, atCredential }: Try): ArbError {
    const { server, credentials } = this.options
    return atCredential
      ? credentialLate(credentials.source, this.requestTimeoutMs)
      : timedOut(server, request.subject, this.requestTimeoutMs)
  }

  private outerSignal(request: ApiRequest): AbortSignal {
    const signals = [this.options.signal, request.signal].filter((signal) => signal !== undefined)
    return signals.length === 1 ? signals[0]! : AbortSignal.any(signals)
  }

  private async withinDeadline<T>(request: ApiRequest, work: (attempt: Try) => Promise<T>): Promise<T> {
    const deadline = new AbortController()
    const outer = this.outerSignal(request)
    const ends = performance.now() + this.requestTimeoutMs
    const attempt: Try = { request, signal: AbortSignal.any([deadline.signal, outer]) }
    const { signal } = attempt
    const timer = setTimeout(() => deadline.abort(this.lateness(attempt)), this.requestTimeoutMs)
    let last: unknown
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await work(attempt)
        } catch (error) {
          // A user's interruption and a deadline are reasons of the signal, and there is no going on after them.
          if (signal.aborted) throw outer.aborted ? outer.reason : (last ?? signal.reason)
          const wait = isRead(request) ? backOff(error, tries) : undefined
          if (wait === undefined || performance.now() + wait >= ends) throw error
          last = error
          await sleep(wait, signal).catch(() => {
            throw outer.aborted ? outer.reason : error
          })
        }
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** One request up to its headers, once more with a new credential after a 401 where that can help. */
  private async open(attempt: Try, kind: 'calls' | 'streams'): Promise<IncomingMessage> {
    try {
      return await this.openOnce(attempt, kind)
    } catch (error) {
      const expired = clusterDetails(error).status === 401 && this.options.credentials.forget()
      if (!expired) throw error
      return this.openOnce(attempt, kind)
    }
  }

  private async openOnce(attempt: Try, kind: 'calls' | 'streams'): Promise<IncomingMessage> {
    const { request, signal } = attempt
    signal.throwIfAborted()
    attempt.atCredential = true
    const identity = await raceAbort(this.options.credentials.identity(signal), signal)
    attempt.atCredential = false
    this.addSecrets(request.body)
    const response = await sendRequest(request, identity, { ...this.options, signal, kind })
    const status = response.statusCode ?? 0
    if (status >= 200 && status < 300) return response
    const { server } = this.options
    if (status >= 300 && status < 400) {
      response.destroy()
      throw oddAnswer(
        server,
        `it redirects to ${hostOf(response.headers.location)} (${status}); redirects are not followed`,
        status,
      )
    }
    // A server that repeats a secret in its error must not make us show it.
    const text = this.options.masker.mask(await readAnswer(response, server, maxErrorBytes))
    throw refused({ server, subject: request.subject, status, text, retryAfter: response.headers['retry-after'] })
  }
}

/** Only reads are tried again here; a write is its caller's to settle. */
function isRead({ method, subject }: ApiRequest): boolean {
  return method === 'GET' || subject.resource === 'selfsubjectaccessreviews'
}

function hostOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).host : 'another place'
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
