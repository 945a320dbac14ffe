/** One request on its way through the server. */
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { LogSource } from '../node/log-source.js'
import type { Store } from '../store/store.js'
import type { KubeObject } from '../store/objects.js'
import type { Resource, ResourcePath } from './resources.js'
import { badRequest, invalid, unsupported } from './status.js'

/** What serving needs beside the request. */
export interface ApiContext {
  store: Store
  logs: LogSource
  now(): Date
  /** Told of what a request met that is a defect here, not an answer. */
  onError(error: unknown): void
  /** Milliseconds between bookmarks of a watch. */
  bookmarkMs: number
}

export interface Call {
  api: ApiContext
  resource: Resource
  path: ResourcePath
  query: URLSearchParams
  request: IncomingMessage
  response: ServerResponse
  /** Sent as Warning headers with the answer. */
  warnings: string[]
}

export interface Answer {
  code: number
  body: object
}

const maxBodyBytes = 3 * 1024 * 1024

/** The request's body; a Status error where it is larger than a server takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw badRequest(`Request body is too large: limit is ${maxBodyBytes}`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The media type of the request's body, lower case, without parameters. */
export function contentType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase()
}

/** A parameter that is true for `1`, `true` and an empty value, as Go's decoder has it. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && !['0', 'false'].includes(value.toLowerCase())
}

/** An integer parameter; a Status error for anything else. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** True for dryRun=All; a Status error for another value. */
export function isDryRun(
  query: URLSearchParams,
  options: 'CreateOptions' | 'PatchOptions' | 'UpdateOptions' | 'DeleteOptions',
): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '')
  if (values.some((value) => value !== 'All')) {
    const cause = unsupported('dryRun', 'x', ['All'])
    const shown = `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`
    throw invalid({ group: 'meta.k8s.io', kind: options }, '', [
      { ...cause, message: cause.message.replace('"x"', shown) },
    ])
  }
  return values.length > 0
}

/** The name under which a change is recorded: the fieldManager, else the client's own first word. */
export function managerName(call: Call): string {
  const agent = call.request.headers['user-agent'] ?? ''
  return call.query.get('fieldManager') ?? (agent.split('/')[0]!.trim() || 'unknown')
}

/** The stored object of the request's path. */
export function stored(call: Call, key: string): KubeObject | undefined {
  return call.api.store.get(key, call.resource.namespaced ? call.path.namespace : undefined, call.path.name!)
}
