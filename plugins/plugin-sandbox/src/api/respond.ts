/** Content negotiation and answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'

import { StatusError } from './status.js'

/** In which form an answer is wanted. */
export type Form = 'object' | 'table' | 'metadata'

/** The form of the first Accept range that can be given; a 406 Status where there is none. */
export function negotiate(request: IncomingMessage): Form {
  const accept = request.headers.accept
  if (!accept) return 'object'
  for (const range of accept.split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim())
    if (!['application/json', 'application/*', '*/*'].includes(type!)) continue
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
    const as = given.get('as')
    if (!as) return 'object'
    if (given.get('g') !== 'meta.k8s.io' || given.get('v') !== 'v1') continue
    if (as === 'Table') return 'table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata'
  }
  throw new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json', {})
}

/** Answers with one JSON value. */
export function sendJson(response: ServerResponse, code: number, body: object, warnings: string[] = []): void {
  if (response.headersSent) return void response.end()
  const text = JSON.stringify(body)
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
    )
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  })
  response.end(text)
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text)
}

/** Answers with what went wrong, as a Status. */
export function sendError(response: ServerResponse, error: unknown): void {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`)
  sendJson(response, status.code, status.body())
}
